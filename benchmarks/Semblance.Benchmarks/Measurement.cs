using System.Diagnostics;

namespace Semblance.Benchmarks;

/// <summary>Timing that holds when the machine's speed drifts: several runs after a warm-up, the median, and the limit measured around each.</summary>
internal static class Measurement
{
    /// <summary>The median time of an action in seconds, after one run that does not count.</summary>
    public static double Seconds(Action action, int runs = 7)
    {
        action();
        return Median(Enumerable.Range(0, runs).Select(_ => Time(action)));
    }

    /// <summary>The median share of the machine's limit, and the median speed, in floating-point operations per second.</summary>
    public static (double Share, double Speed) ShareOfPeak(double operations, int threads, Action action, int runs = 7)
    {
        // Long enough for the runtime to have compiled the loops for good, and for the clock to have risen.
        for (var watch = Stopwatch.StartNew(); watch.ElapsedMilliseconds < 500;)
        {
            action();
            Peak.Measure(threads);
        }

        var shares = new List<double>();
        var speeds = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            var before = Peak.Measure(threads);
            var speed = operations / Time(action);
            var after = Peak.Measure(threads);
            shares.Add(speed / Math.Max(before, after));
            speeds.Add(speed);
        }

        return (Median(shares), Median(speeds));
    }

    public static double Time(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>The processor time of an action in seconds: what it takes on one thread where nobody else works.</summary>
    public static double ProcessorTime(Action action)
    {
        var before = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
