namespace Semblance;

/// <summary>
/// Several rankings made one: a result scores the sum of weight / (k + its place, from 1) over the rankings that it is in
/// (Cormack, Clarke and Büttcher 2009, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods").
/// </summary>
/// <remarks>Only places count, so scores of different kinds, such as cosines and BM25's, need no common scale.</remarks>
public static class ReciprocalRankFusion
{
    /// <summary>The k of the paper: how little the first places count more than the next.</summary>
    public const double DefaultK = 60;

    /// <summary>Fuses rankings of ids, or of anything else that can be told apart.</summary>
    /// <param name="rankings">The rankings, each the best first; what one has twice counts where it comes first.</param>
    /// <param name="k">Larger values bring the places closer; 60 by default, 0 at least.</param>
    /// <param name="weights">How much each ranking counts, none negative; null for equally much.</param>
    /// <returns>Everything that was in a ranking with its score, the best first; among equals what came first in the first rankings.</returns>
    /// <exception cref="ArgumentException">k or a weight is negative or not finite, or there are not as many weights as rankings.</exception>
    public static IReadOnlyList<(T Id, double Score)> FuseIds<T>(IReadOnlyList<IReadOnlyList<T>> rankings, double k = DefaultK, IReadOnlyList<double>? weights = null)
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
    /// <param name="rankings">The hits of each search, the best first; their scores do not count.</param>
    /// <param name="topK">How many to keep; 10 by default.</param>
    /// <param name="k">Larger values bring the places closer; 60 by default, 0 at least.</param>
    /// <param name="weights">How much each ranking counts, none negative; null for equally much.</param>
    /// <returns>The hits, the best first and the lower index first among equals.</returns>
    /// <exception cref="ArgumentException">An argument is out of range, or there are not as many weights as rankings.</exception>
    public static SearchHit[] Fuse(IReadOnlyList<IReadOnlyList<SearchHit>> rankings, int topK = 10, double k = DefaultK, IReadOnlyList<double>? weights = null)
    {
        ArgumentNullException.ThrowIfNull(rankings);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        int[][] places = [.. rankings.Select(ranking => ranking.Select(hit => hit.Index).ToArray())];
        return [.. FuseIds(places, k, weights).OrderByDescending(entry => entry.Score).ThenBy(entry => entry.Id).Take(topK).Select(entry => new SearchHit(entry.Id, (float)entry.Score))];
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
