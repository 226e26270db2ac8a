using System.Numerics.Tensors;

namespace Semblance.Generation;

/// <summary>Chooses tokens by their scores.</summary>
internal static class TokenSampler
{
    /// <summary>Returns the most likely token; the first of equal ones.</summary>
    /// <exception cref="ArgumentException">Every token is forbidden.</exception>
    public static int Best(ReadOnlySpan<float> scores)
    {
        var best = TensorPrimitives.IndexOfMax(scores);
        return scores[best] > float.NegativeInfinity ? best : throw NothingLeft();
    }

    /// <summary>Samples tokens without replacement, with the probabilities softmax(scores).</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="random">The random number generator.</param>
    /// <param name="count">The number of tokens; fewer are returned if fewer are allowed.</param>
    /// <exception cref="ArgumentException">Every token is forbidden.</exception>
    public static int[] Draw(ReadOnlySpan<float> scores, Random random, int count = 1)
    {
        var max = TensorPrimitives.Max(scores);
        if (max == float.NegativeInfinity)
        {
            throw NothingLeft();
        }

        var weights = new double[scores.Length];
        var total = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            total += weights[i] = Math.Exp(scores[i] - max);
        }

        var drawn = new List<int>(count);
        while (drawn.Count < count && Pick(weights, random.NextDouble() * total) is { } token)
        {
            drawn.Add(token);
            weights[token] = 0;
            total = weights.Sum(); // summed again: the rounding error of a difference may be larger than the rest
        }

        return [.. drawn];
    }

    // Returns the token at a position on the line of all weights laid end to end; the last token with a weight if rounding leads beyond it.
    private static int? Pick(double[] weights, double position)
    {
        int? last = null;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
            {
                last = i;
                position -= weights[i];
                if (position < 0)
                {
                    return i;
                }
            }
        }

        return last;
    }

    private static ArgumentException NothingLeft() => new("The settings of generation forbid every token; allow some, or request fewer.");
}
