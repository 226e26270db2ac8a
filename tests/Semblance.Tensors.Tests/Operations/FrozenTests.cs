namespace Semblance.Tensors.Tests.Operations;

/// <summary>Tests tensors that are not trained: no gradient, no record, no memory.</summary>
public class FrozenTests
{
    private static readonly PackedBatch Batch = TestTensors.Batch(2, 3);

    private static readonly Dictionary<string, (int[][] Shapes, Func<Computation, Tensor[], Tensor> Forward)> Cases = new()
    {
        ["linear"] = ([[5, 4], [6, 4], [6]], (run, x) => run.Linear(x[0], new Linear(x[1], x[2]), Activation.Gelu)),
        ["transposed linear"] = ([[5, 4], [4, 6], [6]], (run, x) => run.Linear(x[0], new Linear(x[1], x[2], transposed: true))),
        ["linear added"] = ([[5, 6], [5, 4], [6, 4], [6]], (run, x) => run.AddLinear(x[0], x[1], new Linear(x[2], x[3]))),
        ["linear added to what is needed"] =
            ([[5, 6], [5, 4], [6, 4]], (run, x) => run.Add(run.Multiply(x[0], x[0]), run.AddLinear(x[0], x[1], new Linear(x[2], null)))),
        ["row added"] = ([[5, 4], [4]], (run, x) => run.AddRow(x[0], x[1])),
        ["sum with itself"] = ([[5, 4]], (run, x) => run.Add(x[0], x[0])),
        ["matrix product"] = ([[5, 4], [6, 4]], (run, x) => run.MatrixProduct(x[0], x[1])),
        ["activation"] = ([[5, 4]], (run, x) => run.Activate(x[0], Activation.Silu)),
        ["sum"] = ([[5, 4], [5, 4]], (run, x) => run.Add(x[0], x[1])),
        ["difference"] = ([[5, 4], [5, 4]], (run, x) => run.Subtract(x[0], x[1])),
        ["product"] = ([[5, 4], [5, 4]], (run, x) => run.Multiply(x[0], x[1])),
        ["columns scaled"] = ([[5, 4], [4]], (run, x) => run.ScaleColumns(x[0], x[1])),
        ["layer norm"] = ([[5, 40], [40], [40]], (run, x) => run.LayerNorm(x[0], new LayerNorm(x[1], x[2], 1e-5f))),
        ["layer norm of a sum"] = ([[5, 40], [5, 40], [40], [40]], (run, x) => run.AddLayerNorm(x[0], x[1], new LayerNorm(x[2], x[3], 1e-5f))),
        ["root mean square norm"] = ([[5, 40], [40]], (run, x) => run.RmsNorm(x[0], new RmsNorm(x[1], 1e-5f))),
        ["attention"] = ([[5, 4], [5, 4], [5, 4]], (run, x) => run.Attention(x[0], x[1], x[2], Batch, 2)),
        ["head products"] = ([[5, 4], [3, 4]], (run, x) => run.HeadProducts(x[0], x[1], 2)),
        ["distances"] = ([[5, 4], [3, 4]], (run, x) => run.Distances(x[0], x[1], Distance.Euclidean)),
        ["distances of rows"] = ([[5, 4], [5, 4]], (run, x) => run.RowDistances(x[0], x[1], Distance.Manhattan)),
        ["weighted mean"] = ([[5, 4], [5, 4], [2]], (run, x) => run.WeightedMean([x[0], x[1]], x[2])),
        ["cross-entropy"] = ([[5, 4], [6, 4], [6]], (run, x) => run.CrossEntropy(x[0], new Linear(x[1], x[2]), [0, 5, 2, 2, 1])),
        ["recurrence"] = ([[5, 8], [8, 2], [8]], (run, x) => run.Lstm(x[0], new Linear(x[1], x[2]), Batch)),
        ["columns side by side"] = ([[5, 4], [5, 2]], (run, x) => run.ConcatenateColumns(x[0], x[1])),
        ["rows below each other"] = ([[5, 4], [2, 4]], (run, x) => run.ConcatenateRows(x[0], x[1])),
        ["normalized rows"] = ([[5, 4]], (run, x) => run.Normalize(x[0])),
        ["magnitudes"] = ([[5, 4]], (run, x) => run.Abs(x[0])),
        ["exponentials"] = ([[5, 4]], (run, x) => run.Exp(x[0])),
        ["logarithms of probabilities"] = ([[5, 4]], (run, x) => run.LogSoftmax(x[0])),
        ["pooling"] = ([[5, 4]], (run, x) => run.Pool(x[0], Batch, [Pooling.Max, Pooling.Mean])),
        ["gate"] = ([[5, 4]], (run, x) => run.Gate(x[0], Activation.Silu)),
        ["neighbors"] = ([[5, 4]], (run, x) => run.Neighbors(x[0], Batch, 3)),
        ["rows"] = ([[5, 4]], (run, x) => run.Rows(x[0], [1, 1, 3])),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_of_what_is_trained_have_the_same_bits_whatever_else_is_frozen_and_given_back(string name)
    {
        var (shapes, forward) = Cases[name];
        var all = Gradients(shapes, forward, (1 << shapes.Length) - 1);
        for (var trained = 0; trained < 1 << shapes.Length; trained++)
        {
            var some = Gradients(shapes, forward, trained);
            for (var i = 0; i < shapes.Length; i++)
            {
                some[i].ShouldBe((trained & (1 << i)) != 0 ? all[i] : null, $"input {i} where {trained} are trained");
            }
        }
    }

    // As low-rank adaptation: a frozen layer needs neither its input nor its result for the backward pass.
    [Fact]
    public void Memory_does_not_grow_with_the_number_of_frozen_layers_above_a_trained_one()
    {
        long Peak(int layers)
        {
            using var run = new Computation(recording: true);
            var trained = TestTensors.Random(1, 64, 64);
            trained.RequiresGradient = true;
            var x = run.Linear(TestTensors.Random(2, 200, 64), new Linear(trained, null));
            for (var i = 0; i < layers; i++)
            {
                using var before = x;
                x = run.Linear(before, new Linear(TestTensors.Random(i + 3, 64, 64), null));
            }

            run.Backward(x);
            return run.PeakBytes;
        }

        Peak(9).ShouldBe(Peak(3));
    }

    [Fact]
    public void A_norm_after_a_residual_connection_keeps_one_tensor_for_the_backward_pass()
    {
        const int Rows = 200, Width = 64;
        long Peak(int layers)
        {
            using var run = new Computation(recording: true);
            var x = TestTensors.Random(1, Rows, Width);
            x.RequiresGradient = true;
            x = run.Scale(x, 1);
            for (var i = 0; i < layers; i++)
            {
                using var before = x;
                using var y = run.Linear(before, new Linear(TestTensors.Random(i + 3, Width, Width), null));
                x = run.AddLayerNorm(y, before, new LayerNorm(TestTensors.Random(60, Width), null, 1e-5f));
            }

            run.Backward(x);
            return run.PeakBytes;
        }

        (Peak(9) - Peak(3)).ShouldBe(6 * Rows * Width * sizeof(float));
    }

    [Fact]
    public void Training_takes_little_more_memory_than_it_holds()
    {
        const int Rows = 3000, Width = 64;
        Linear square = new(TestTensors.Random(1, Width, Width), null), up = new(TestTensors.Random(2, 4 * Width, Width), null),
            down = new(TestTensors.Random(3, Width, 4 * Width), null);
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var run = new Computation(maxThreads: 1, recording: true);
        var input = TestTensors.Random(4, Rows, Width);
        input.RequiresGradient = true;
        var x = run.Scale(input, 1);
        for (var i = 0; i < 8; i++)
        {
            for (var j = 0; j < 4; j++)
            {
                using var last = x;
                using var narrow = run.Linear(last, square); // the activation keeps it
                x = run.Activate(narrow, Activation.Silu);
            }

            using var activated = x;
            using var wide = run.Linear(activated, up);
            x = run.Linear(wide, down);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(run.PeakBytes * 3 / 2);
    }

    [Fact]
    public void Memory_that_has_been_returned_cannot_be_read()
    {
        using var run = new Computation(recording: true);
        var x = run.Scale(TestTensors.Random(1, 3, 4), 2);
        x.Dispose();
        Should.Throw<ObjectDisposedException>(() => x.Values.ToArray()).Message.ShouldContain("float32[3, 4]");
    }

    [Fact]
    public void Frozen_lower_layers_are_not_recorded_and_give_their_memory_back()
    {
        var (all, some) = (Train(0), Train(6));
        some.Gradients[..6].ShouldAllBe(gradient => gradient == null);
        some.Gradients[6..].ShouldBe(all.Gradients[6..]);
        (some.PeakBytes * 2).ShouldBeLessThan(all.PeakBytes);
    }

    private static float[]?[] Gradients(int[][] shapes, Func<Computation, Tensor[], Tensor> forward, int trained)
    {
        Tensor[] leaves = [.. shapes.Select((shape, i) => TestTensors.Random(i + 1, shape))];
        for (var i = 0; i < leaves.Length; i++)
        {
            leaves[i].RequiresGradient = (trained & (1 << i)) != 0;
        }

        using var run = new Computation(recording: true);
        Tensor[] leased = [.. leaves.Select(leaf => run.Scale(leaf, 1))];
        var result = forward(run, leased);
        var y = run.Scale(result, 1);
        result.Dispose();
        foreach (var tensor in leased)
        {
            tensor.Dispose();
        }

        for (var i = 0; i < 8; i++)
        {
            run.Lease(4 + (i * 40)).Writable.Fill(float.NaN); // returned memory is reused
        }

        y.RequiresGradient.ShouldBe(trained != 0);
        run.Backward(y, TestTensors.Random(99, y.Shape.ToArray()));
        return [.. leaves.Select(leaf => leaf.Gradient?.Values.ToArray())];
    }

    private static (float[]?[] Gradients, long PeakBytes) Train(int frozen)
    {
        const int Width = 64;
        Linear[] layers = [.. Enumerable.Range(0, 8).Select(i => new Linear(TestTensors.Random(i + 1, Width, Width), null))];
        foreach (var layer in layers[frozen..])
        {
            layer.Weight.RequiresGradient = true;
        }

        using var run = new Computation(recording: true);
        var x = TestTensors.Random(50, 200, Width);
        foreach (var layer in layers)
        {
            using var before = x;
            using var y = run.Linear(before, layer, Activation.Tanh);
            x = run.LayerNorm(y, new LayerNorm(TestTensors.Random(60, Width), null, 1e-5f));
        }

        run.Backward(x, TestTensors.Random(70, 200, Width));
        return ([.. layers.Select(layer => layer.Weight.Gradient?.Values.ToArray())], run.PeakBytes);
    }
}
