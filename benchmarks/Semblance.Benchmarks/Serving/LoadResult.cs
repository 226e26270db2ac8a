using System.Globalization;

namespace Semblance.Benchmarks;

/// <summary>What became of the requests of a load.</summary>
/// <param name="Outcomes">The status of each request, or why it has none, and its seconds.</param>
/// <param name="Seconds">The time until the last answer.</param>
internal sealed record LoadResult(IReadOnlyList<(int Status, double Seconds)> Outcomes, double Seconds)
{
    /// <summary>The number of requests that were answered with 200.</summary>
    public int Succeeded { get; } = Outcomes.Count(outcome => outcome.Status == 200);

    /// <summary>The number of each outcome, in words.</summary>
    public string Statuses => string.Join(", ", Outcomes.CountBy(outcome => outcome.Status).OrderByDescending(count => count.Value).Select(count =>
        string.Create(CultureInfo.InvariantCulture, $"{count.Value:N0} {Name(count.Key)}")));

    /// <summary>The latency that a part of the answered requests do not exceed, in milliseconds.</summary>
    public double Percentile(double part)
    {
        double[] sorted = [.. Outcomes.Where(outcome => outcome.Status == 200).Select(outcome => outcome.Seconds).Order()];
        return sorted.Length == 0 ? double.NaN : 1e3 * sorted[(int)Math.Min(sorted.Length - 1, part * sorted.Length)];
    }

    private static string Name(int status) => status switch
    {
        Load.Lost => "lost",
        Load.Refused => "refused",
        _ => status.ToString(CultureInfo.InvariantCulture),
    };
}
