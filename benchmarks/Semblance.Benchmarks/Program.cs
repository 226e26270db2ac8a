using Semblance.Benchmarks;
using Semblance.Tensors;
using Semblance.Tensors.Instructions;

var benchmarks = new (string Name, Action Run)[]
{
    ("matrix-product", MatrixProductBenchmark.Run),
    ("encode", EncodeBenchmark.Run),
    ("compute", ComputeTypeBenchmark.Run),
    ("latency", LatencyBenchmark.Run),
    ("load", LoadBenchmark.Run),
    ("long-inputs", LongInputsBenchmark.Run),
    ("mining", MiningBenchmark.Run),
    ("pairs", PairsBenchmark.Run),
    ("search", SearchBenchmark.Run),
    ("clustering", ClusteringBenchmark.Run),
    ("memory", MemoryBenchmark.Run),
    ("index", IndexBenchmark.Run),
    ("tokenize", TokenizeBenchmark.Run),
    ("training-step", TrainingStepBenchmark.Run),
    ("adapters", AdapterBenchmark.Run),
};
if (args is [LoadBenchmark.Child])
{
    LoadBenchmark.RunChild();
    return 0;
}

if (args is [LoadBenchmark.Child, var folder, var type])
{
    LoadBenchmark.RunChild(folder, type);
    return 0;
}

if (args is [ServerBenchmark.Name, ..])
{
    await ServerBenchmark.RunAsync(args[1..]);
    return 0;
}

if (args is [AdapterBenchmark.Child, var method, var part])
{
    AdapterBenchmark.RunChild(method, part);
    return 0;
}

if (args.Length == 0 || args.Any(arg => !benchmarks.Any(benchmark => benchmark.Name == arg)))
{
    Console.Error.WriteLine($"Name one or more of: {string.Join(", ", benchmarks.Select(benchmark => benchmark.Name))}; or {ServerBenchmark.Name} with its options.");
    return 2;
}

var threads = Workers.Shared.Count;
Peak.Measure(threads);
Console.WriteLine($"{InstructionSets.Current}, {threads} cores; fused multiply-adds: {Peak.Measure(1) / 1e9:F1} GF/s on one, {Peak.Measure(threads) / 1e9:F1} GF/s on all");
foreach (var arg in args)
{
    Console.WriteLine();
    benchmarks.First(benchmark => benchmark.Name == arg).Run();
}

return 0;
