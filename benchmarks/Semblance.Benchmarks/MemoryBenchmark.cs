using System.Diagnostics;
using Semblance.Transformers.Bert;

namespace Semblance.Benchmarks;

/// <summary>The largest resident memory of the command while it encodes files of growing length: it must not grow with them.</summary>
internal static class MemoryBenchmark
{
    private static readonly BertConfig Small = new() { HiddenSize = 64, NumHiddenLayers = 2, NumAttentionHeads = 4, IntermediateSize = 128 };

    public static void Run()
    {
        Console.WriteLine($"{"model",-22}{"files, MB",10}{"lines",12}{"seconds",10}{"peak, MB",10}{"above model",13}");
        Measure("2 layers, 64 wide", Small, [10_000, 100_000, 1_000_000]);
        Measure("MiniLM-L6", BenchmarkData.MiniLm, [3_000, 30_000]);
    }

    private static void Measure(string name, BertConfig config, int[] lineCounts)
    {
        using var model = new SavedModel(config);
        var sentences = BenchmarkData.Sentences();
        foreach (var count in lineCounts)
        {
            var folder = Directory.CreateTempSubdirectory("semblance-");
            try
            {
                var (input, output) = (Path.Combine(folder.FullName, "input.txt"), Path.Combine(folder.FullName, "output.npy"));
                File.WriteAllLines(input, Enumerable.Range(0, count).Select(i => sentences[i % sentences.Length]));
                var watch = Stopwatch.StartNew();
                var peak = PeakBytes("encode", "--model", model.Path, "--input", input, "--output", output);
                Console.WriteLine($"{name,-22}{model.Bytes / 1e6,10:F0}{count,12:N0}{watch.Elapsed.TotalSeconds,10:F1}{peak / 1e6,10:F0}{(peak - model.Bytes) / 1e6,13:F0}");
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    /// <summary>The largest resident memory of the command while it does something.</summary>
    public static long PeakBytes(params string[] arguments)
    {
        var command = Path.Combine(AppContext.BaseDirectory, "..", "..", "Semblance.Cli", "release", OperatingSystem.IsWindows() ? "semblance.exe" : "semblance");
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{command} did not start; build the solution first.");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        long peak = 0;
        while (!process.WaitForExit(20))
        {
            try
            {
                process.Refresh();
                peak = Math.Max(peak, process.PeakWorkingSet64);
            }
            catch (InvalidOperationException)
            {
                // It ended between two looks.
            }
        }

        return process.ExitCode == 0 ? peak : throw new InvalidOperationException($"The command ended with {process.ExitCode}.");
    }
}
