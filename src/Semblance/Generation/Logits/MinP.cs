using System.Numerics.Tensors;

namespace Semblance.Generation;

/// <summary>
/// Keeps tokens whose probability is at least a share of that of the most likely token (Nguyen et al. 2024, arXiv:2407.01082).
/// </summary>
/// <param name="share">The share, from 0 to 1.</param>
/// <param name="kept">The minimum number of tokens to keep.</param>
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
