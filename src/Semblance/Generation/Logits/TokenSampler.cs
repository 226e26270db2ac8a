using System.Numerics.Tensors;

namespace Semblance.Generation;

/// <summary>Chooses tokens by their scores.</summary>
internal static class TokenSampler
{
    /// <summary>The likeliest token; of equals the first.</summary>
    /// <exception cref="ArgumentException">Every token is forbidden.</exception>
    public static int Best(ReadOnlySpan<float> scores)
    {
        var best = TensorPrimitives.IndexOfMax(scores);
        return scores[best] > float.NegativeInfinity ? best : throw NothingLeft();
    }

    /// <summary>Tokens drawn one after another with the probabilities softmax(scores), none of them twice.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="random">The chance.</param>
    /// <param name="count">How many; fewer come where fewer are allowed.</param>
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
            total = weights.Sum(); // anew: what is left may be far smaller than the rounding of a difference
        }

        return [.. drawn];
    }

    // The token at a place on the line of all weights laid end to end; the last with a weight where rounding leads beyond it.
    private static int? Pick(double[] weights, double place)
    {
        int? last = null;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
            {
                last = i;
                place -= weights[i];
                if (place < 0)
                {
                    return i;
                }
            }
        }

        return last;
    }

    private static ArgumentException NothingLeft() => new("The settings of the generation forbid every token; allow some, or ask for fewer.");
}
