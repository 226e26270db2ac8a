using System.Diagnostics;
using System.Globalization;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Benchmarks;

/// <summary>
/// Loading the bundled model: the first time in a process, where the runtime compiles what runs (each time in a process of its own), and
/// later. If <c>SEMBLANCE_BENCHMARK_MODEL</c> names the folder of a model, also loading it from files of each data type, and its resident
/// memory.
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
        if (Environment.GetEnvironmentVariable("SEMBLANCE_BENCHMARK_MODEL") is { } folder)
        {
            DataTypes(folder);
        }
    }

    /// <summary>What the process with the argument <see cref="Child"/> does.</summary>
    public static void RunChild()
    {
        var first = Measurement.Time(() => SentenceTransformer.LoadDefault());
        var later = Measurement.Seconds(() => SentenceTransformer.LoadDefault());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first * 1e3} {later * 1e3}"));
    }

    /// <summary>What the process with the argument <see cref="Child"/>, a folder and a compute type does.</summary>
    public static void RunChild(string folder, string type)
    {
        var compute = Enum.Parse<ComputeType>(type);
        var other = SentenceTransformer.Load(folder, compute); // then compiled code and buffers for activations exist
        other.Encode(BenchmarkData.Sentences()[..32]);
        var (before, beforeFiles) = Resident();
        var model = SentenceTransformer.Load(folder, compute);
        model.Encode(BenchmarkData.Sentences()[..32]);
        var (memory, files) = Resident();
        double wall = double.MaxValue, processor = double.MaxValue;
        for (var run = 0; run < 2 * Processes; run++)
        {
            var time = 0.0;
            processor = Math.Min(
                processor, Measurement.ProcessorTime(() => time = Measurement.Time(() => SentenceTransformer.Load(folder, compute))));
            wall = Math.Min(wall, time);
        }

        GC.KeepAlive(model);
        GC.KeepAlive(other);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{wall * 1e3} {processor * 1e3} {(memory - before) / 1e6} {(files - beforeFiles) / 1e6}"));
    }

    private static void DataTypes(string folder)
    {
        Console.WriteLine();
        Console.WriteLine($"{"files",-10}{"MB",8}{"compute",12}{"load",10}{"processor",12}{"resident, MB",14}{"of files",10}{"÷ size",10}");
        foreach (var (files, compute) in (ReadOnlySpan<(DType, ComputeType)>)
        [
            (DType.F32, ComputeType.Float32), (DType.BF16, ComputeType.BFloat16), (DType.I8, ComputeType.Int8),
            (DType.F32, ComputeType.Int8),
        ])
        {
            var own = Directory.CreateTempSubdirectory("semblance-");
            try
            {
                var path = Path.Combine(own.FullName, "model");
                ModelQuantizer.Quantize(folder, path, files);
                var bytes = new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
                var numbers = Numbers(Child, path, compute.ToString());
                Console.WriteLine(
                    $"{files,-10}{bytes / 1e6,8:F1}{compute,12}{numbers[0],7:F0} ms{numbers[1],9:F0} ms"
                    + $"{numbers[2],14:F1}{numbers[3],10:F1}{numbers[2] * 1e6 / bytes,9:F2}x");
            }
            finally
            {
                own.Delete(recursive: true);
            }
        }
    }

    // The resident memory of this process, and on Linux the pages of mapped files in it; otherwise 0.
    private static (long All, long Files) Resident()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        const string Status = "/proc/self/status", Field = "RssFile:";
        var files = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal)) : null;
        var kilobytes = files is null ? 0 : long.Parse(files.AsSpan(Field.Length).TrimEnd("kB "), NumberStyles.Integer, CultureInfo.InvariantCulture);
        return (Environment.WorkingSet, 1024 * kilobytes);
    }

    private static (double First, double Later) InNewProcess() => Numbers(Child) is [var first, var later] ? (first, later) : default;

    private static double[] Numbers(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true })!;
        var numbers = Array.ConvertAll(
            process.StandardOutput.ReadToEnd().Split(' '), number => double.Parse(number, CultureInfo.InvariantCulture));
        process.WaitForExit();
        return numbers;
    }
}
