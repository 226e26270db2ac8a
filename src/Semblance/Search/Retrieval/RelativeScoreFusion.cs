namespace Semblance;

/// <summary>
/// Fuses the hits of several searches by their scores. Those of each search are scaled so that its last hit has 0 and its first hit 1; the
/// score of a text is the weighted mean of its scaled scores, with 0 for a search that did not find it (Bruch, Gai and Ingber 2023, "An
/// analysis of fusion functions for hybrid retrieval").
/// </summary>
/// <remarks>
/// Unlike <see cref="ReciprocalRankFusion"/> it takes into account by how much a hit is better than the next, so scores must be comparable
/// within each search, as those of cosine similarity and BM25 are.
/// </remarks>
public static class RelativeScoreFusion
{
    /// <summary>Fuses the hits of several searches of one corpus.</summary>
    /// <param name="rankings">The hits of each search, in descending order of score.</param>
    /// <param name="topK">The maximum number of hits to keep; 10 by default.</param>
    /// <param name="weights">The weight of each search, not negative and not all 0; <see langword="null"/> for equal weights.</param>
    /// <returns>
    /// The hits with scores from 0 to 1, in descending order; hits with equal scores in the order of their indices. Hits of a search that
    /// gives all the same score have 1 there.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// An argument is out of range, the numbers of weights and rankings differ, or a score is not finite.
    /// </exception>
    public static SearchHit[] Fuse(
        IReadOnlyList<IReadOnlyList<SearchHit>> rankings, int topK = 10, IReadOnlyList<double>? weights = null)
    {
        ArgumentNullException.ThrowIfNull(rankings);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        Check(rankings.Count, weights);
        var total = weights?.Sum() ?? rankings.Count;
        var scores = new Dictionary<int, double>();
        foreach (var (r, ranking) in rankings.Index())
        {
            if (ranking.Count == 0)
            {
                continue;
            }

            if (ranking.FirstOrDefault(hit => !float.IsFinite(hit.Score)) is { Score: not 0 } broken)
            {
                throw new ArgumentException($"The score of text {broken.Index} in ranking {r} is {broken.Score}; expected a finite one.", nameof(rankings));
            }

            double last = ranking[^1].Score, range = ranking[0].Score - last;
            foreach (var hit in ranking)
            {
                var scaled = range == 0 ? 1 : (hit.Score - last) / range;
                scores[hit.Index] = scores.GetValueOrDefault(hit.Index) + ((weights?[r] ?? 1) / total * scaled);
            }
        }

        return [.. scores.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Take(topK).Select(
            entry => new SearchHit(entry.Key, (float)entry.Value))];
    }

    internal static void Check(int rankings, IReadOnlyList<double>? weights)
    {
        ReciprocalRankFusion.Check(rankings, ReciprocalRankFusion.DefaultK, weights);
        if (weights is { Count: > 0 } && weights.Sum() == 0)
        {
            throw new ArgumentException("All weights are 0; at least one must be more.", nameof(weights));
        }
    }
}
