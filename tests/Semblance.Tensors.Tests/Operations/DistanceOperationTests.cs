using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Tests.Operations;

public class DistanceOperationTests
{
    public static TheoryData<InstructionSet> InstructionSets => TestTensors.InstructionSets;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Distances_of_every_length_equal_the_reference(InstructionSet set)
    {
        for (var columns = 1; columns <= 150; columns++)
        {
            Tensor x = TestTensors.Random(1, 3, columns), y = TestTensors.Random(2, 2, columns);
            using var run = new Computation(instructions: set);
            run.Distances(x, y, Distance.Euclidean).Values.ShouldBeNear(Expected(x, y, d => d * d, Math.Sqrt), 1e-5);
            run.Distances(x, y, Distance.Manhattan).Values.ShouldBeNear(Expected(x, y, Math.Abs, sum => sum), 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Equal_rows_are_exactly_0_apart_wherever_they_stand(InstructionSet set)
    {
        var x = TestTensors.Random(1, 300, 70);
        using var run = new Computation(instructions: set);
        var all = run.Distances(x, x, Distance.Euclidean);
        for (var row = 0; row < x.Rows; row++)
        {
            all.Row(row)[row].ShouldBe(0);
            run.Distances(Tensor.From(x.Row(row), 1, 70), x, Distance.Euclidean).Values.SequenceEqual(all.Row(row)).ShouldBeTrue();
        }
    }

    [Fact]
    public void Rows_of_other_lengths_are_named()
    {
        using var run = new Computation();
        Should.Throw<ArgumentException>(() => run.Distances(Tensor.Zeros(2, 7), Tensor.Zeros(2, 8), Distance.Manhattan))
            .Message.ShouldContain("float32[2, 7] and float32[2, 8]");
    }

    private static float[] Expected(Tensor x, Tensor y, Func<double, double> term, Func<double, double> finish)
    {
        var result = new float[x.Rows * y.Rows];
        for (var i = 0; i < result.Length; i++)
        {
            double sum = 0;
            for (var k = 0; k < x.Columns; k++)
            {
                sum += term((double)x.Row(i / y.Rows)[k] - y.Row(i % y.Rows)[k]);
            }

            result[i] = (float)finish(sum);
        }

        return result;
    }
}
