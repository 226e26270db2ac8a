using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Tests.Operations;

/// <summary>
/// Tests cross-entropy with a linear classifier in one operation against its formula and against the separate operations.
/// </summary>
public class CrossEntropyOperationTests
{
    public static TheoryData<InstructionSet> InstructionSets => TestTensors.InstructionSets;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Values_and_gradients_are_the_formulas(InstructionSet set)
    {
        foreach (var outputs in new[] { 1, 5, 16, 37 }) // with and without a rest of a register
        {
            var (x, weight, bias) = (TestTensors.Random(1, 6, 7), TestTensors.Random(2, outputs, 7), TestTensors.Random(3, outputs));
            int[] classes = [.. Enumerable.Range(0, 6).Select(i => i * 5 % outputs)];
            double[] Formula(double[][] v) =>
                [.. DoubleReference.Linear(v[0], v[1], v[2], 7, y => y).Chunk(outputs).Select((row, i) => Math.Log(row.Sum(Math.Exp)) - row[classes[i]])];

            using var run = new Computation(instructions: set);
            run.CrossEntropy(x, new Linear(weight, bias), classes).Values
                .ShouldBeNear([.. Formula([.. new[] { x, weight, bias }.Select(t => t.Values.ToArray().Select(v => (double)v).ToArray())]).Select(v => (float)v)], 1e-5);
            GradientTests.Check(set, [x, weight, bias], r => r.CrossEntropy(x, new Linear(weight, bias), classes), Formula);
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Values_and_gradients_of_logits_with_smoothed_labels_are_the_formulas(InstructionSet set)
    {
        foreach (var (columns, smoothing) in new[] { (1, 0.1f), (5, 0f), (16, 0.3f), (37, 0.1f) })
        {
            var logits = TestTensors.Random(1, 6, columns);
            int[] classes = [.. Enumerable.Range(0, 6).Select(i => i * 5 % columns)];
            double[] Formula(double[][] v) =>
                [.. v[0].Chunk(columns).Select((row, i) => Math.Log(row.Sum(Math.Exp)) - ((1 - smoothing) * row[classes[i]]) - (smoothing * row.Average()))];

            using var run = new Computation(instructions: set);
            run.CrossEntropyOfLogits(logits, classes, smoothing).Values
                .ShouldBeNear([.. Formula([[.. logits.Values.ToArray().Select(v => (double)v)]]).Select(v => (float)v)], 1e-5);
            GradientTests.Check(set, [logits], r => r.CrossEntropyOfLogits(logits, classes, smoothing), Formula);
        }

        using var other = new Computation();
        Should.Throw<ArgumentException>(() => other.CrossEntropyOfLogits(Tensor.Zeros(2, 3), [0, 3])).Message.ShouldContain("from 0 to 2");
        Should.Throw<ArgumentOutOfRangeException>(() => other.CrossEntropyOfLogits(Tensor.Zeros(1, 3), [0], 1));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(20)]
    [InlineData(7)]
    public void Blocks_of_rows_give_what_the_whole_gives(int blockRows)
    {
        var (x, weight, bias) = (TestTensors.Random(1, 64, 24), TestTensors.Random(2, 1003, 24), TestTensors.Random(3, 1003));
        int[] classes = [.. Enumerable.Range(0, 64).Select(i => i * 97 % 1003)];
        var expected = Run(x, weight, bias, (run, layer) =>
        {
            int[] elements = [.. classes.Select((value, row) => (row * 1003) + value)];
            return run.Scale(run.Gather(run.LogSoftmax(run.Linear(x, layer)), elements, 64, 1), -1);
        });
        var actual = Run(x, weight, bias, (run, layer) => CrossEntropyOperation.CrossEntropy(run, x, layer, classes, blockRows));
        foreach (var (a, e) in actual.Zip(expected))
        {
            new ReadOnlySpan<float>(a).ShouldBeNear(e, 2e-5);
        }
    }

    [Fact]
    public void Large_scores_neither_overflow_nor_vanish()
    {
        var x = Tensor.From([1000, -1000], 2, 1);
        x.RequiresGradient = true;
        using var run = new Computation(recording: true);
        var losses = run.CrossEntropy(x, new Linear(Tensor.From([1, 0, 0], 3, 1), null), [1, 1]);
        losses.Values.ToArray().ShouldBe([1000, MathF.Log(2)], 1e-6);
        run.Backward(losses);
        x.Gradient!.Values.ToArray().ShouldBe([1, 0]);
    }

    [Fact]
    public void The_same_bits_with_any_number_of_threads()
    {
        var (x, weight, bias) = (TestTensors.Random(1, 80, 32), TestTensors.Random(2, 5000, 32), TestTensors.Random(3, 5000));
        int[] classes = [.. Enumerable.Range(0, 80)];
        var one = Run(x, weight, bias, (run, layer) => run.CrossEntropy(x, layer, classes), maxThreads: 1);
        var many = Run(x, weight, bias, (run, layer) => run.CrossEntropy(x, layer, classes), maxThreads: 8);
        many.Zip(one).ShouldAllBe(pair => pair.First.SequenceEqual(pair.Second));
    }

    [Fact]
    public void Classes_that_do_not_fit_are_named()
    {
        var layer = new Linear(Tensor.Zeros(3, 5), null);
        using var run = new Computation();
        Should.Throw<ArgumentException>(() => run.CrossEntropy(Tensor.Zeros(2, 5), layer, [0, 3])).Message.ShouldContain("from 0 to 3");
        Should.Throw<ArgumentException>(() => run.CrossEntropy(Tensor.Zeros(2, 5), layer, [0])).Message.ShouldContain("2 rows");
        Should.Throw<ArgumentException>(() => run.CrossEntropy(Tensor.Zeros(2, 4), layer, [0, 0])).Message.ShouldContain("float32[2, 4]");
    }

    [Fact]
    public void Rows_picked_once_twice_or_never()
    {
        var x = TestTensors.Random(1, 4, 3);
        int[] rows = [2, 0, 2];
        GradientTests.Check(InstructionSet.Portable, [x], run => run.Rows(x, rows), v => [.. rows.SelectMany(row => v[0][(row * 3)..((row * 3) + 3)])]);
        using var run = new Computation();
        run.Rows(x, rows).Values.ToArray().ShouldBe([.. x.Row(2), .. x.Row(0), .. x.Row(2)]);
        Should.Throw<ArgumentOutOfRangeException>(() => run.Rows(x, [4]));
    }

    // Losses and the gradients of x, weight and bias, with a weight for each row's loss.
    private static float[][] Run(Tensor x, Tensor weight, Tensor bias, Func<Computation, Linear, Tensor> forward, int maxThreads = 2)
    {
        foreach (var tensor in new[] { x, weight, bias })
        {
            (tensor.RequiresGradient, tensor.Gradient) = (true, null);
        }

        using var run = new Computation(maxThreads, recording: true);
        var losses = forward(run, new Linear(weight, bias));
        var values = losses.Values.ToArray();
        run.Backward(losses, TestTensors.Random(9, x.Rows, 1));
        return [values, x.Gradient!.Values.ToArray(), weight.Gradient!.Values.ToArray(), bias.Gradient!.Values.ToArray()];
    }
}
