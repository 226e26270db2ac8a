using System.Diagnostics;
using Semblance.Checkpoints;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Benchmarks;

/// <summary>
/// Building an index of clustered vectors, opening it, and searching it at growing ef: queries a second at a recall. As many vectors as <c>SEMBLANCE_VECTORS</c> says,
/// 100,000 without; the vectors of the file <c>SEMBLANCE_VECTORS_FILE</c> (.npy, a thousand queries
/// behind the vectors) instead, as <c>benchmarks/peers/index.sh</c> has it. A hit is right if it is as near as the tenth of the exact search, so that of equal
/// vectors any counts. Of the first and the second half of the queries recall is printed too: with copies, those are queries of the others and of the copies.
/// </summary>
internal static class IndexBenchmark
{
    private const int Dimension = 384;
    private const int Queries = 1000;
    private const float Tolerance = 1e-6f;
    private static readonly int[] Efs = [10, 20, 40, 80, 160, 320, 640];

    public static void Run()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("SEMBLANCE_VECTORS") ?? "100000", System.Globalization.CultureInfo.InvariantCulture);
        var vectors = Clustered(count + Queries);
        var queries = Tensor.From(vectors.Values[(count * Dimension)..], Queries, Dimension);
        Console.WriteLine($"{count:N0} clustered vectors of {Dimension}, M 16, ef_construction 200, {Workers.Shared.Count} threads");
        foreach (var precision in Environment.GetEnvironmentVariable("SEMBLANCE_VECTORS_FILE") is null ? [Precision.Float32, Precision.Int8, Precision.Binary] : (Precision[])[Precision.Float32])
        {
            Measure(vectors, count, queries, precision);
        }
    }

    private static void Measure(Tensor vectors, int count, Tensor queries, Precision precision)
    {
        var folder = Directory.CreateTempSubdirectory("semblance-");
        try
        {
            var watch = Stopwatch.StartNew();
            HnswIndex.BuildAsync(folder.FullName, Records(vectors, count).ToAsyncEnumerable(), new HnswOptions { Precision = precision }).GetAwaiter().GetResult().Dispose();
            var built = watch.Elapsed.TotalSeconds;
            using var process = Process.GetCurrentProcess();
            var peak = process.PeakWorkingSet64;
            watch.Restart();
            using var index = HnswIndex.Open(folder.FullName);
            Console.WriteLine($"{precision}: built in {built:F1} s, {count / built:N0} vectors/s; opened in {watch.Elapsed.TotalMilliseconds:F1} ms; {folder.EnumerateFiles().Sum(file => file.Length) / 1e6:N0} MB; peak of the process so far {peak / 1e6:N0} MB");
            var exact = index.Search(queries, new VectorQuery { Exact = true });
            Console.WriteLine($"{index.Nodes:N0} nodes");
            Console.WriteLine($"{"ef",8}{"recall@10",12}{"first half",12}{"second",12}{"queries/s",12}");
            foreach (var ef in Efs)
            {
                var options = new VectorQuery { Ef = ef };
                IReadOnlyList<VectorHit>[] hits = [];
                var seconds = Measurement.Seconds(() => hits = index.Search(queries, options, maxThreads: 1), runs: 3);
                var right = hits.Zip(exact, (found, nearest) => found.Count(hit => hit.Score >= nearest[^1].Score - Tolerance) / (double)nearest.Count).ToArray();
                Console.WriteLine($"{ef,8}{right.Average(),12:F4}{right.Take(Queries / 2).Average(),12:F4}{right.Skip(Queries / 2).Average(),12:F4}{Queries / seconds,12:N0}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<VectorRecord> Records(Tensor vectors, int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return new VectorRecord(i, vectors.Row(i).ToArray());
        }
    }

    // As sentence vectors lie: in groups, along far fewer directions than they have elements, with a little noise in all of them.
    private static Tensor Clustered(int count)
    {
        if (Environment.GetEnvironmentVariable("SEMBLANCE_VECTORS_FILE") is { } file)
        {
            return NpyFile.Open(file).Read();
        }

        const int Centers = 1000;
        const int Directions = 32;
        var random = new Random(1);
        float[] centers = Normal(Centers * Directions), directions = Normal(Directions * Dimension);
        var vectors = Tensor.Zeros(count, Dimension);
        for (var i = 0; i < count; i++)
        {
            var row = vectors.Writable.Slice(i * Dimension, Dimension);
            TensorPrimitives.Multiply(Normal(Dimension), 0.3f, row);
            var (center, offsets) = (random.Next(Centers), Normal(Directions));
            for (var j = 0; j < Directions; j++)
            {
                TensorPrimitives.MultiplyAdd(directions.AsSpan(j * Dimension, Dimension), centers[(center * Directions) + j] + (0.5f * offsets[j]), row, row);
            }
        }

        return vectors;

        float[] Normal(int length)
        {
            var values = new float[(length + 1) & ~1];
            for (var i = 0; i < values.Length; i += 2)
            {
                var (radius, angle) = (Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())), 2 * Math.PI * random.NextDouble());
                (values[i], values[i + 1]) = ((float)(radius * Math.Cos(angle)), (float)(radius * Math.Sin(angle)));
            }

            return values;
        }
    }
}
