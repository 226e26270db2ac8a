namespace Semblance;

/// <summary>How scores are distributed.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Mean">Their mean; like the rest 0 where there is none.</param>
/// <param name="Deviation">Their standard deviation, of a sample: divided by count − 1.</param>
/// <param name="Minimum">The smallest.</param>
/// <param name="LowerQuartile">A quarter is below; between two scores where need be.</param>
/// <param name="Median">Half is below.</param>
/// <param name="UpperQuartile">Three quarters are below.</param>
/// <param name="Maximum">The largest.</param>
public sealed record ScoreSummary(int Count, double Mean, double Deviation, double Minimum, double LowerQuartile, double Median, double UpperQuartile, double Maximum)
{
    /// <summary>Summarises scores.</summary>
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
            sorted.Length, mean, sorted.Length == 1 ? 0 : Math.Sqrt(squares / (sorted.Length - 1)), sorted[0], Quantile(0.25), Quantile(0.5), Quantile(0.75), sorted[^1]);

        double Quantile(double part)
        {
            var place = part * (sorted.Length - 1);
            var below = (int)place;
            return sorted[below] + ((place - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]));
        }
    }
}
