using System.Numerics.Tensors;

namespace Semblance.Generation;

/// <summary>Leaves the fewest likeliest tokens that together have so much of the probability (Holtzman et al. 2020, arXiv:1904.09751).</summary>
/// <param name="share">How much, above 0 and below 1.</param>
/// <param name="kept">How many tokens are left at least.</param>
internal sealed class TopP(float share, int kept) : LogitsProcessor
{
    public override void Process(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        var probabilities = new float[scores.Length];
        var tokens = new List<int>();
        TensorPrimitives.SoftMax(scores, probabilities);
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] > float.NegativeInfinity)
            {
                tokens.Add(i);
            }
        }

        // From the least likely on, as the original sums; of equals the later token counts as the likelier.
        tokens.Sort((a, b) => probabilities[a] != probabilities[b] ? probabilities[a].CompareTo(probabilities[b]) : a.CompareTo(b));
        var sum = 0.0;
        for (var i = 0; i < tokens.Count - kept; i++)
        {
            sum += probabilities[tokens[i]];
            if (sum > 1 - share)
            {
                break;
            }

            scores[tokens[i]] = float.NegativeInfinity;
        }
    }
}
