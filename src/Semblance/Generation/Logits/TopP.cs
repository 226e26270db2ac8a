using System.Numerics.Tensors;

namespace Semblance.Generation;

/// <summary>
/// Keeps the smallest set of most likely tokens whose total probability reaches a share (Holtzman et al. 2020, arXiv:1904.09751).
/// </summary>
/// <param name="share">The total probability, above 0 and below 1.</param>
/// <param name="kept">The minimum number of tokens to keep.</param>
internal sealed class TopP(float share, int kept) : LogitsProcessor
{
    public override void Process(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        var probabilities = new float[scores.Length];
        var tokens = new List<int>();
        TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), probabilities); // or large scores overflow
        TensorPrimitives.SoftMax(probabilities, probabilities);
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] > float.NegativeInfinity)
            {
                tokens.Add(i);
            }
        }

        // Sums from the least likely token on, as in the original; the later of two equal tokens counts as more likely.
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
