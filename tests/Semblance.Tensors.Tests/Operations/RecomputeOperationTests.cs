namespace Semblance.Tensors.Tests.Operations;

public class RecomputeOperationTests
{
    private const int Depth = 8;

    private static readonly PackedBatch Batch = TestTensors.Batch(7, 3, 12);

    [Theory]
    [InlineData(null)]
    [InlineData(5ul)]
    public void Result_and_gradients_have_the_same_bits(ulong? seed)
    {
        var (plain, recomputed) = (Train(false, seed), Train(true, seed));
        recomputed.Result.ShouldBe(plain.Result);
        recomputed.Gradients.Length.ShouldBe(plain.Gradients.Length);
        for (var i = 0; i < plain.Gradients.Length; i++)
        {
            recomputed.Gradients[i].ShouldContain(g => g != 0);
            recomputed.Gradients[i].ShouldBe(plain.Gradients[i], $"parameter {i}");
        }

        if (seed is not null)
        {
            plain.Result.ShouldNotBe(Train(false, null).Result); // dropout was on
        }
    }

    [Fact]
    public void Only_one_layer_at_a_time_takes_memory()
    {
        var (plain, recomputed) = (Train(false, 5), Train(true, 5));
        (recomputed.PeakBytes * 2).ShouldBeLessThan(plain.PeakBytes);
    }

    [Fact]
    public void Layers_inside_layers_have_the_same_bits_too()
    {
        var (plain, nested) = (Train(false, 5), Train(true, 5, nested: true));
        nested.Result.ShouldBe(plain.Result);
        nested.Gradients.ShouldBe(plain.Gradients);
    }

    [Fact]
    public void Inference_and_layers_without_gradients_are_left_alone()
    {
        var x = TestTensors.Random(1, 3, 4);
        using (var run = new Computation(recompute: true))
        {
            run.Recompute(x, y => run.Scale(y, 2)).Values[0].ShouldBe(2 * x.Values[0]);
        }

        using var recording = new Computation(recording: true, recompute: true);
        recording.Recompute(x, y => y).ShouldBeSameAs(x);
        recording.Recompute(x, y => recording.Scale(y, 2)).RequiresGradient.ShouldBeFalse();
    }

    private static (float[] Result, float[][] Gradients, long PeakBytes) Train(bool recompute, ulong? seed, bool nested = false)
    {
        var x = TestTensors.Random(1, Batch.TokenCount, 8);
        Tensor[] weights = [x, .. Enumerable.Range(0, Depth * 2).Select(i => TestTensors.Random(2 + i, 8, 8))];
        foreach (var weight in weights)
        {
            weight.RequiresGradient = true;
        }

        using var run = new Computation(recording: true, dropoutSeed: seed, recompute: recompute);
        Tensor Attend(Tensor h, int i)
        {
            using var query = run.Linear(h, new Linear(weights[1 + i], null));
            using var attended = run.Attention(query, h, h, Batch, 2, 0.2f);
            return run.Add(h, run.Dropout(attended, 0.1f));
        }

        Tensor Widen(Tensor h, int i)
        {
            using var inner = run.Linear(h, new Linear(weights[2 + i], null), Activation.Gelu);
            return run.Normalize(run.Add(run.Dropout(inner, 0.1f), h));
        }

        var hidden = run.Scale(x, 0.5f);
        var sum = run.Sum(hidden);
        for (var i = 0; i < Depth; i++)
        {
            var layer = 2 * i;
            var next = nested
                ? run.Recompute(hidden, h => Widen(run.Recompute(h, g => Attend(g, layer)), layer))
                : run.Recompute(hidden, h => Widen(Attend(h, layer), layer));
            hidden.Dispose();
            hidden = next;
            sum = run.Add(sum, run.Sum(run.Exp(hidden))); // every layer's result is read twice
        }

        var result = hidden.Values.ToArray(); // the backward pass releases its memory
        run.Backward(sum);
        return (result, [.. weights.Select(weight => weight.Gradient!.Values.ToArray())], run.PeakBytes);
    }
}
