namespace Semblance.Training;

/// <summary>
/// How well a ranking puts what is relevant first. A ranking is the relevance of what was found, best first, and how many
/// relevant ones there are in all; only the first k count. (Manning, Raghavan and Schütze 2008, Introduction to
/// Information Retrieval, chapter 8.)
/// </summary>
public static class Ranking
{
    /// <summary>1 if there is a relevant one among the first <paramref name="k"/>, otherwise 0.</summary>
    public static double AccuracyAt(ReadOnlySpan<bool> ranking, int k) => First(ranking, k).Contains(true) ? 1 : 0;

    /// <summary>The part of the first <paramref name="k"/> places that hold a relevant one; places beyond the ranking's end hold none.</summary>
    public static double PrecisionAt(ReadOnlySpan<bool> ranking, int k) => (double)First(ranking, k).Count(true) / k;

    /// <summary>The part of all <paramref name="relevant"/> ones that are among the first <paramref name="k"/>.</summary>
    public static double RecallAt(ReadOnlySpan<bool> ranking, int k, int relevant) => (double)First(ranking, k).Count(true) / Checked(relevant);

    /// <summary>1 / the place of the first relevant one, or 0 if it is not among the first <paramref name="k"/>.</summary>
    public static double ReciprocalRankAt(ReadOnlySpan<bool> ranking, int k) => First(ranking, k).IndexOf(true) is >= 0 and var place ? 1.0 / (place + 1) : 0;

    /// <summary>The mean of the precisions at each relevant place among the first <paramref name="k"/>, of the min(k, relevant) that a perfect ranking has.</summary>
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

    /// <summary>Normalised discounted cumulative gain: Σ 1/log₂(place + 1) over the relevant places, divided by that of a perfect ranking (Järvelin and Kekäläinen 2002).</summary>
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

    /// <summary>The same from scores: equal ones share the mean of their gains, whatever their order (McSherry and Najork 2008; as scikit-learn's).</summary>
    /// <param name="scores">A score for each.</param>
    /// <param name="relevant">Whether it is relevant.</param>
    /// <param name="k">How many places count.</param>
    /// <exception cref="ArgumentException">The two differ in length, or nothing is relevant.</exception>
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
        : throw new ArgumentOutOfRangeException(nameof(relevant), relevant, "Where nothing is relevant, no ranking is better than another.");
}
