using System.Diagnostics;
using Semblance.Tensors;

namespace Semblance.Benchmarks;

/// <summary>
/// The most similar pairs among clustered vectors of 384, all pairs compared: 10,000 and 100,000 of them, and as many as <c>SEMBLANCE_PAIRS_VECTORS</c> says.
/// Processor time is given too, which other work on the machine does not lengthen as it does the other.
/// </summary>
internal static class PairsBenchmark
{
    private const int Dimension = 384;

    public static void Run()
    {
        Console.WriteLine($"{"vectors",10}{"pairs",18}{"seconds",10}{"processor",12}{"of peak",10}{"beyond the vectors",20}");
        int[] counts = Environment.GetEnvironmentVariable("SEMBLANCE_PAIRS_VECTORS") is { } more
            ? [10_000, 100_000, int.Parse(more, System.Globalization.CultureInfo.InvariantCulture)]
            : [10_000, 100_000];
        foreach (var count in counts)
        {
            var vectors = ClusteredVectors.Of(count, Dimension, seed: 1);
            ParaphraseMining.Mine(ClusteredVectors.Of(1000, Dimension, seed: 2)); // until its loops are compiled
            using var process = Process.GetCurrentProcess();
            var (memory, processor, limit) = (process.WorkingSet64, process.TotalProcessorTime, Peak.Measure(Workers.Shared.Count));
            var seconds = Measurement.Time(() => ParaphraseMining.Mine(vectors));
            process.Refresh();
            var spent = (process.TotalProcessorTime - processor).TotalSeconds;
            var pairs = (long)count * (count - 1) / 2;
            var share = 2.0 * Dimension * pairs / spent / (limit / Workers.Shared.Count);
            Console.WriteLine($"{count,10:N0}{pairs,18:N0}{seconds,8:F2} s{spent,10:F2} s{share,10:P1}{Math.Max(0, process.PeakWorkingSet64 - memory) / 1e6,17:N0} MB");
            GC.KeepAlive(vectors);
        }
    }
}
