using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Tests.Operations;

/// <summary>Tests the operations that losses consist of, forward and backward, against their formulas in double precision.</summary>
public class LossOperationsGradientTests
{
    private const InstructionSet Set = InstructionSet.Portable;

    private readonly Tensor _x = TestTensors.Random(1, 3, 5);
    private readonly Tensor _y = TestTensors.Random(2, 3, 5);

    [Fact]
    public void Sums_differences_products_and_multiples()
    {
        Check([_x, _y], run => run.Add(_x, _y), v => [.. v[0].Zip(v[1], (a, b) => a + b)]);
        Check([_x, _y], run => run.Subtract(_x, _y), v => [.. v[0].Zip(v[1], (a, b) => a - b)]);
        Check([_x, _y], run => run.Multiply(_x, _y), v => [.. v[0].Zip(v[1], (a, b) => a * b)]);
        Check([_x], run => run.Multiply(_x, _x), v => [.. v[0].Select(a => a * a)]);
        Check([_x], run => run.Scale(_x, -3, 0.5f), v => [.. v[0].Select(a => (-3 * a) + 0.5)]);
    }

    [Fact]
    public void Magnitudes_and_exponentials()
    {
        Check([_x], run => run.Abs(_x), v => [.. v[0].Select(Math.Abs)]);
        Check([_x], run => run.Exp(_x), v => [.. v[0].Select(Math.Exp)]);
    }

    [Fact]
    public void Elements_picked_once_twice_or_never()
    {
        int[] elements = [4, 0, 14, 4, 7, 3];
        Check([_x], run => run.Gather(_x, elements, 2, 3), v => [.. elements.Select(i => v[0][i])]);
    }

    [Fact]
    public void Matrices_side_by_side_and_one_below_the_other()
    {
        var narrow = TestTensors.Random(3, 3, 2);
        Check([_x, narrow], run => run.ConcatenateColumns(_x, narrow, _x), v => [.. Enumerable.Range(0, 3).SelectMany(row => (double[])[.. v[0][(row * 5)..((row * 5) + 5)], .. v[1][(row * 2)..((row * 2) + 2)], .. v[0][(row * 5)..((row * 5) + 5)]])]);
        Check([_x, _y], run => run.ConcatenateRows(_x, _y), v => [.. v[0], .. v[1]]);
    }

    [Fact]
    public void Logarithms_of_probabilities()
    {
        Check([_x], run => run.LogSoftmax(run.Scale(_x, 20)), v => [.. v[0].Chunk(5).SelectMany(row => row.Select(x => (20 * x) - Math.Log(row.Sum(y => Math.Exp(20 * y)))))], 2e-4);
    }

    [Fact]
    public void An_element_of_minus_infinity_has_no_probability_and_no_gradient()
    {
        var x = Tensor.From([1, float.NegativeInfinity, 1], 1, 3);
        x.RequiresGradient = true;
        using var run = new Computation(recording: true);
        var y = run.Gather(run.LogSoftmax(x), [0], 1);
        y.Values[0].ShouldBe(-MathF.Log(2), 1e-6f);
        run.Backward(y);
        x.Gradient!.Values.ToArray().ShouldBe([0.5f, 0, -0.5f]);
    }

    [Fact]
    public void Sums_of_all_and_of_rows()
    {
        Check([_x], run => run.Sum(_x), v => [v[0].Sum()]);
        Check([_x], run => run.RowSums(_x), v => [.. v[0].Chunk(5).Select(row => row.Sum())]);
    }

    [Fact]
    public void Products_of_rows_with_rows()
    {
        var y = TestTensors.Random(3, 4, 5);
        Check([_x, y], run => run.Linear(_x, new Linear(y, null)), v => Pairs(v, (a, b) => a.Zip(b, (p, q) => p * q).Sum()));
    }

    [Fact]
    public void Distances_of_all_pairs_and_of_rows()
    {
        static double Euclidean(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (p, q) => (p - q) * (p - q)).Sum());
        static double Manhattan(double[] a, double[] b) => a.Zip(b, (p, q) => Math.Abs(p - q)).Sum();
        var y = TestTensors.Random(3, 4, 5);
        Check([_x, y], run => run.Distances(_x, y, Distance.Euclidean), v => Pairs(v, Euclidean));
        Check([_x, y], run => run.Distances(_x, y, Distance.Manhattan), v => Pairs(v, Manhattan));
        Check([_x, _y], run => run.RowDistances(_x, _y, Distance.Euclidean), v => [.. v[0].Chunk(5).Zip(v[1].Chunk(5), Euclidean)]);
        Check([_x, _y], run => run.RowDistances(_x, _y, Distance.Manhattan), v => [.. v[0].Chunk(5).Zip(v[1].Chunk(5), Manhattan)]);
    }

    [Fact]
    public void Equal_rows_have_a_gradient_of_zeros()
    {
        _x.RequiresGradient = true;
        using var run = new Computation(recording: true);
        run.Backward(run.RowDistances(_x, Tensor.From(_x.Values, 3, 5), Distance.Euclidean));
        _x.Gradient!.Values.ToArray().ShouldAllBe(g => g == 0);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        var z = Tensor.Zeros(2, 5);
        using var run = new Computation();
        Should.Throw<ArgumentException>(() => run.Add(_x, z)).Message.ShouldContain("float32[3, 5] and float32[2, 5]");
        Should.Throw<ArgumentException>(() => run.RowDistances(_x, z, Distance.Euclidean)).Message.ShouldContain("float32[2, 5]");
        Should.Throw<ArgumentException>(() => run.ConcatenateColumns(_x, z)).Message.ShouldContain("float32[2, 5]");
        Should.Throw<ArgumentException>(() => run.Gather(_x, [1, 2], 3)).Message.ShouldContain("2 indices");
    }

    private static double[] Pairs(double[][] v, Func<double[], double[], double> score) =>
        [.. v[0].Chunk(5).SelectMany(a => v[1].Chunk(5).Select(b => score(a, b)))];

    private static void Check(Tensor[] inputs, Func<Computation, Tensor> forward, Func<double[][], double[]> reference, double tolerance = 1e-5)
    {
        using var run = new Computation(instructions: Set);
        forward(run).Values.ShouldBeNear([.. reference([.. inputs.Select(input => input.Values.ToArray().Select(v => (double)v).ToArray())]).Select(v => (float)v)], tolerance);
        GradientTests.Check(Set, inputs, forward, reference);
    }
}
