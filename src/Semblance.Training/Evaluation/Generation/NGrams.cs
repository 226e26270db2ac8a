namespace Semblance.Training;

/// <summary>Counts the n-grams of a sequence, for the metrics of generated texts.</summary>
internal static class NGrams
{
    /// <summary>Returns the number of times that each n-gram occurs; its tokens are joined by U+0000.</summary>
    public static Dictionary<string, int> Count(IReadOnlyList<string> tokens, int n)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i + n <= tokens.Count; i++)
        {
            Add(counts, string.Join('\0', tokens.Skip(i).Take(n)));
        }

        return counts;
    }

    /// <summary>Adds one occurrence.</summary>
    public static void Add(Dictionary<string, int> counts, string ngram) => counts[ngram] = counts.GetValueOrDefault(ngram) + 1;

    /// <summary>Returns the number of n-grams that two texts share, each as often as it occurs in both.</summary>
    public static int Shared(Dictionary<string, int> some, Dictionary<string, int> others) =>
        some.Sum(ngram => Math.Min(ngram.Value, others.GetValueOrDefault(ngram.Key)));
}
