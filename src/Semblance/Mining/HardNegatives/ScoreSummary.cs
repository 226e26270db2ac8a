namespace Semblance;

/// <summary>Represents a summary of the distribution of scores.</summary>
/// <param name="Count">The number of scores.</param>
/// <param name="Mean">The mean; like the other values, 0 if there are no scores.</param>
/// <param name="Deviation">The sample standard deviation, with count − 1.</param>
/// <param name="Minimum">The lowest score.</param>
/// <param name="LowerQuartile">The 25th percentile, interpolated between two scores if necessary.</param>
/// <param name="Median">The median.</param>
/// <param name="UpperQuartile">The 75th percentile.</param>
/// <param name="Maximum">The highest score.</param>
public sealed record ScoreSummary(
    int Count, double Mean, double Deviation, double Minimum, double LowerQuartile, double Median, double UpperQuartile, double Maximum)
{
    /// <summary>Summarizes scores.</summary>
    /// <param name="scores">The scores, in any order.</param>
    public static ScoreSummary Of(IEnumerable<double> scores)
    {
        double[] sorted = [.. scores.Order()];
        if (sorted.Length == 0)
        {
            return new ScoreSummary(0, 0, 0, 0, 0, 0, 0, 0);
        }

        var mean = sorted.Average();
        var squares = sorted.Sum(score => (score - mean) * (score - mean));
        return new ScoreSummary(
            sorted.Length,
            mean,
            sorted.Length == 1 ? 0 : Math.Sqrt(squares / (sorted.Length - 1)),
            sorted[0],
            Quantile(0.25),
            Quantile(0.5),
            Quantile(0.75),
            sorted[^1]);

        double Quantile(double part)
        {
            var place = part * (sorted.Length - 1);
            var below = (int)place;
            return sorted[below] + ((place - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]));
        }
    }
}
