namespace Semblance;

/// <summary>
/// Fuses several rankings into one: the score of a result is the sum of weight / (k + rank), with ranks from 1, over the rankings that
/// contain it (Cormack, Clarke and Büttcher 2009, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods").
/// </summary>
/// <remarks>Only ranks count, so scores of different kinds, such as cosine similarity and BM25, need no common scale.</remarks>
public static class ReciprocalRankFusion
{
    /// <summary>The default value of k, as in the paper.</summary>
    public const double DefaultK = 60;

    /// <summary>Fuses rankings of ids or of any other values that can be compared for equality.</summary>
    /// <param name="rankings">The rankings, best first; a value that occurs twice in a ranking counts at its first position.</param>
    /// <param name="k">The constant k; larger values reduce the influence of the first ranks. 60 by default, at least 0.</param>
    /// <param name="weights">The weight of each ranking, not negative; <see langword="null"/> for equal weights.</param>
    /// <returns>
    /// All values with their scores, in descending order of score; values with equal scores in the order of their first occurrence.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// k or a weight is negative or not finite, or the numbers of weights and rankings differ.
    /// </exception>
    public static IReadOnlyList<(T Id, double Score)> FuseIds<T>(
        IReadOnlyList<IReadOnlyList<T>> rankings, double k = DefaultK, IReadOnlyList<double>? weights = null)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(rankings);
        Check(rankings.Count, k, weights);
        var scores = new OrderedDictionary<T, double>();
        var seen = new HashSet<T>();
        for (var r = 0; r < rankings.Count; r++)
        {
            seen.Clear();
            for (var place = 0; place < rankings[r].Count; place++)
            {
                var item = rankings[r][place];
                if (seen.Add(item))
                {
                    scores[item] = scores.GetValueOrDefault(item) + ((weights?[r] ?? 1) / (k + place + 1));
                }
            }
        }

        return [.. scores.Select(entry => (entry.Key, entry.Value)).OrderByDescending(entry => entry.Value)]; // stable
    }

    /// <summary>Fuses the hits of several searches of one corpus.</summary>
    /// <param name="rankings">The hits of each search, best first; their scores are ignored.</param>
    /// <param name="topK">The maximum number of hits to keep; 10 by default.</param>
    /// <param name="k">The constant k; larger values reduce the influence of the first ranks. 60 by default, at least 0.</param>
    /// <param name="weights">The weight of each ranking, not negative; <see langword="null"/> for equal weights.</param>
    /// <returns>The hits in descending order of score; hits with equal scores in the order of their indices.</returns>
    /// <exception cref="ArgumentException">An argument is out of range, or the numbers of weights and rankings differ.</exception>
    public static SearchHit[] Fuse(
        IReadOnlyList<IReadOnlyList<SearchHit>> rankings, int topK = 10, double k = DefaultK, IReadOnlyList<double>? weights = null)
    {
        ArgumentNullException.ThrowIfNull(rankings);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        int[][] places = [.. rankings.Select(ranking => ranking.Select(hit => hit.Index).ToArray())];
        return [.. FuseIds(places, k, weights).OrderByDescending(entry => entry.Score).ThenBy(entry => entry.Id).Take(topK).Select(
            entry => new SearchHit(entry.Id, (float)entry.Score))];
    }

    internal static void Check(int rankings, double k, IReadOnlyList<double>? weights)
    {
        if (!(k >= 0) || !double.IsFinite(k))
        {
            throw new ArgumentOutOfRangeException(nameof(k), k, "k must be 0 or more.");
        }

        if (weights is not null && weights.Count != rankings)
        {
            throw new ArgumentException($"There are {weights.Count} weights for {rankings} rankings; each needs one.", nameof(weights));
        }

        if (weights?.Any(weight => !(weight >= 0) || !double.IsFinite(weight)) == true)
        {
            throw new ArgumentException($"A weight must be 0 or more; these are {string.Join(", ", weights)}.", nameof(weights));
        }
    }
}
