namespace Semblance.Training;

/// <summary>
/// Computes metrics of rankings (Manning, Raghavan and Schütze 2008, Introduction to Information Retrieval, chapter 8). A ranking is the
/// relevance of the
/// hits, best first, together with the total number of relevant documents; only the first k hits count.
/// </summary>
public static class Ranking
{
    /// <summary>Returns 1 if one of the first <paramref name="k"/> hits is relevant; otherwise, 0.</summary>
    public static double AccuracyAt(ReadOnlySpan<bool> ranking, int k) => First(ranking, k).Contains(true) ? 1 : 0;

    /// <summary>
    /// Returns the precision, the fraction of the first <paramref name="k"/> ranks with a relevant hit; missing hits are not relevant.
    /// </summary>
    public static double PrecisionAt(ReadOnlySpan<bool> ranking, int k) => (double)First(ranking, k).Count(true) / k;

    /// <summary>
    /// Returns the recall, the fraction of all <paramref name="relevant"/> documents among the first <paramref name="k"/> hits.
    /// </summary>
    public static double RecallAt(ReadOnlySpan<bool> ranking, int k, int relevant) =>
        (double)First(ranking, k).Count(true) / Checked(relevant);

    /// <summary>Returns the reciprocal rank of the first relevant hit, or 0 if it is not among the first <paramref name="k"/>.</summary>
    public static double ReciprocalRankAt(ReadOnlySpan<bool> ranking, int k) =>
        First(ranking, k).IndexOf(true) is >= 0 and var place ? 1.0 / (place + 1) : 0;

    /// <summary>
    /// Returns the average precision: the sum of the precisions at each relevant hit among the first <paramref name="k"/>, divided by
    /// min(k, relevant).
    /// </summary>
    public static double AveragePrecisionAt(ReadOnlySpan<bool> ranking, int k, int relevant)
    {
        var (sum, found) = (0.0, 0);
        var first = First(ranking, k);
        for (var place = 0; place < first.Length; place++)
        {
            sum += first[place] ? (double)++found / (place + 1) : 0;
        }

        return sum / Math.Min(k, Checked(relevant));
    }

    /// <summary>
    /// Returns the normalized discounted cumulative gain: Σ 1/log₂(rank + 1) over the relevant hits, divided by that of a perfect ranking
    /// (Järvelin and Kekäläinen 2002).
    /// </summary>
    public static double NdcgAt(ReadOnlySpan<bool> ranking, int k, int relevant)
    {
        var gain = 0.0;
        var first = First(ranking, k);
        for (var place = 0; place < first.Length; place++)
        {
            gain += first[place] ? Discount(place) : 0;
        }

        return gain / Discounts(0, Math.Min(k, Checked(relevant)));
    }

    /// <summary>
    /// Returns the same from scores: equal scores share the mean of their gains (McSherry and Najork 2008; as in scikit-learn).
    /// </summary>
    /// <param name="scores">The score of each document.</param>
    /// <param name="relevant">The relevance of each document.</param>
    /// <param name="k">The number of ranks that count.</param>
    /// <exception cref="ArgumentException">The lists differ in length, or no document is relevant.</exception>
    public static double NdcgAt(ReadOnlySpan<double> scores, ReadOnlySpan<bool> relevant, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(relevant.Length, scores.Length, nameof(relevant));
        var total = Checked(relevant.Count(true));
        var sorted = scores.ToArray();
        var order = Enumerable.Range(0, sorted.Length).ToArray();
        Array.Sort(sorted, order, Comparer<double>.Create((a, b) => b.CompareTo(a)));
        var gain = 0.0;
        for (int first = 0, end; first < Math.Min(k, sorted.Length); first = end)
        {
            var found = 0;
            for (end = first; end < sorted.Length && sorted[end] == sorted[first]; end++)
            {
                found += relevant[order[end]] ? 1 : 0;
            }

            gain += (double)found / (end - first) * Discounts(first, Math.Min(k, end));
        }

        return gain / Discounts(0, Math.Min(k, total));
    }

    private static double Discount(int place) => 1 / Math.Log2(place + 2);

    private static double Discounts(int first, int end)
    {
        var sum = 0.0;
        for (var place = first; place < end; place++)
        {
            sum += Discount(place);
        }

        return sum;
    }

    private static ReadOnlySpan<bool> First(ReadOnlySpan<bool> ranking, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return ranking[..Math.Min(k, ranking.Length)];
    }

    private static int Checked(int relevant) => relevant > 0
        ? relevant
        : throw new ArgumentOutOfRangeException(
            nameof(relevant), relevant, "The metric is undefined without relevant documents; at least one is needed.");
}
