using System.Diagnostics;
using System.Globalization;

namespace Semblance.Benchmarks;

/// <summary>
/// Loading the model in the box: the first time in a process, where the runtime compiles what runs (each time in a process of its own), and later.
/// </summary>
internal static class LoadBenchmark
{
    /// <summary>The argument that makes a process of this program load the model, say how long that took the first time and later, and end.</summary>
    public const string Child = "load-once";

    private const int Processes = 9;

    public static void Run()
    {
        var times = Enumerable.Range(0, Processes).Select(_ => InNewProcess()).ToArray();
        Console.WriteLine($"{"default model",-16}{"the first time",16}{"later",12}");
        Console.WriteLine($"{"median",-16}{Measurement.Median(times.Select(time => time.First)),13:F0} ms{Measurement.Median(times.Select(time => time.Later)),9:F0} ms");
        Console.WriteLine($"{"longest",-16}{times.Max(time => time.First),13:F0} ms{times.Max(time => time.Later),9:F0} ms");
    }

    /// <summary>What the process with the argument <see cref="Child"/> does.</summary>
    public static void RunChild()
    {
        var first = Measurement.Time(() => SentenceTransformer.LoadDefault());
        var later = Measurement.Seconds(() => SentenceTransformer.LoadDefault());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first * 1e3} {later * 1e3}"));
    }

    private static (double First, double Later) InNewProcess()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, Child) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var times = process.StandardOutput.ReadToEnd().Split(' ').Select(time => double.Parse(time, CultureInfo.InvariantCulture)).ToArray();
        process.WaitForExit();
        return (times[0], times[1]);
    }
}
