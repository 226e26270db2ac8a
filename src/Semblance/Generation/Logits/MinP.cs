using System.Numerics.Tensors;

namespace Semblance.Generation;

/// <summary>Leaves tokens that are at least so many times as likely as the likeliest (Nguyen et al. 2024, arXiv:2407.01082).</summary>
/// <param name="share">How many times, from 0 to 1.</param>
/// <param name="kept">How many tokens are left at least.</param>
internal sealed class MinP(float share, int kept) : LogitsProcessor
{
    public override void Process(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        var best = new float[scores.Length];
        scores.CopyTo(best);
        new TopK(kept).Process(sequence, best);

        // p ≥ share · max p, in logarithms.
        var least = TensorPrimitives.Max(scores) + MathF.Log(share);
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = scores[i] < least && best[i] == float.NegativeInfinity ? float.NegativeInfinity : scores[i];
        }
    }
}
