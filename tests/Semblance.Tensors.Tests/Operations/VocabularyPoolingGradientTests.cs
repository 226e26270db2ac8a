using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Tests.Operations;

/// <summary>Tests vocabulary pooling, forward and backward, against its formula in double precision.</summary>
public class VocabularyPoolingGradientTests
{
    private const int Hidden = 5;
    private const int Words = 7;

    private static readonly PackedBatch Batch = PackedBatch.From([[1, 2, 3], [4], [5, 6]]);

    private readonly Tensor _x = TestTensors.Random(1, 6, Hidden);
    private readonly Tensor _weight = TestTensors.Random(2, Words, Hidden);
    private readonly Tensor _bias = TestTensors.Random(3, Words);

    [Theory]
    [InlineData(VocabularyPooling.Max, 1)]
    [InlineData(VocabularyPooling.Max, 2)]
    [InlineData(VocabularyPooling.Sum, 1)]
    [InlineData(VocabularyPooling.Sum, 2)]
    public void Gradients_of_tokens_weight_and_bias_equal_finite_differences(VocabularyPooling pooling, int saturations)
    {
        var layer = new Linear(_weight, _bias);
        GradientTests.Check(
            InstructionSet.Portable, [_x, _weight, _bias], run => run.PoolVocabulary(_x, layer, Batch, pooling, saturations), v => Reference(v[0], v[1], v[2], pooling, saturations));
    }

    [Fact]
    public void Only_what_is_trained_gets_a_gradient()
    {
        var layer = new Linear(_weight, _bias);
        _bias.RequiresGradient = true;
        using var run = new Computation(recording: true);
        run.Backward(run.PoolVocabulary(_x, layer, Batch, VocabularyPooling.Max));
        (_x.Gradient, _weight.Gradient).ShouldBe((null, null));
        _bias.Gradient!.Values.ToArray().ShouldContain(g => g > 0);
    }

    [Fact]
    public void Long_batches_are_gone_back_over_in_parts()
    {
        // With sequences of 200 tokens, the logits of one sequence at a time are stored. Each must get the same result as alone.
        int[][] ids = [.. Enumerable.Range(0, 3).Select(_ => new int[200])];
        var (x, layer) = (TestTensors.Random(4, 600, Hidden), new Linear(_weight, _bias));
        x.RequiresGradient = true;
        using var run = new Computation(recording: true);
        run.Backward(run.PoolVocabulary(x, layer, PackedBatch.From(ids), VocabularyPooling.Max));
        for (var i = 0; i < 3; i++)
        {
            var part = Tensor.From(x.Values.Slice(i * 200 * Hidden, 200 * Hidden), 200, Hidden);
            part.RequiresGradient = true;
            using var alone = new Computation(recording: true);
            alone.Backward(alone.PoolVocabulary(part, layer, PackedBatch.From([ids[i]]), VocabularyPooling.Max));
            x.Gradient!.Values.Slice(i * 200 * Hidden, 200 * Hidden).ToArray().ShouldBe(part.Gradient!.Values.ToArray());
        }
    }

    private static double[] Reference(double[] x, double[] weight, double[] bias, VocabularyPooling pooling, int saturations)
    {
        double Weight(int token, int word)
        {
            var logit = Math.Max(bias[word] + Enumerable.Range(0, Hidden).Sum(i => x[(token * Hidden) + i] * weight[(word * Hidden) + i]), 0);
            return Enumerable.Range(0, saturations).Aggregate(logit, (value, _) => double.LogP1(value));
        }

        return
        [
            .. Enumerable.Range(0, Batch.Count).SelectMany(text => Enumerable.Range(0, Words).Select(word =>
            {
                var weights = Enumerable.Range(Batch.Offsets[text], Batch.Length(text)).Select(token => Weight(token, word));
                return pooling == VocabularyPooling.Max ? weights.Max() : weights.Sum();
            })),
        ];
    }
}
