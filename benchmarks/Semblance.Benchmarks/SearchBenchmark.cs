using System.Diagnostics;
using Semblance.Tensors;

namespace Semblance.Benchmarks;

/// <summary>
/// Exact search in every precision: the ten nearest by dot product among clustered vectors of length one, as sentence
/// vectors are, for one query and for batches, on one thread and in processor time, which other work on the machine disturbs
/// least. Speeds are beside float32's in the same run, and beside the measured memory bandwidth, which bounds one query.
/// </summary>
internal static class SearchBenchmark
{
    private const int Dimension = 384;
    private const int Queries = 1000;
    private static readonly int[] Sizes = [10_000, 100_000, 1_000_000];
    private static readonly Precision[] Precisions = [Precision.Float32, Precision.Float16, Precision.Int8, Precision.UInt8, Precision.Binary];
    private static readonly int[] Batches = [1, 32, Queries];

    /// <summary>Ten and a hundred thousand vectors; <c>SEMBLANCE_SEARCH_ROWS=1000000</c> adds a million, with 5 GB of memory.</summary>
    public static void Run()
    {
        var most = int.TryParse(Environment.GetEnvironmentVariable("SEMBLANCE_SEARCH_ROWS"), out var named) ? named : 100_000;
        foreach (var rows in Sizes.Where(rows => rows <= most))
        {
            Measure(rows);
        }
    }

    private static void Measure(int rows)
    {
        Console.WriteLine($"{rows:N0} vectors of {Dimension}, one thread");
        Console.WriteLine($"{"precision",-10}{"queries",8}{"queries/s",12}{"of float32",12}{"GB/s",8}{"of memory",11}");
        var all = ClusteredVectors.Of(rows + Queries, Dimension, seed: 1);
        var (vectors, queries) = (Part(all, 0, rows), Part(all, rows, Queries));
        var ranges = QuantizationRanges.Of(Part(all, 0, 10_000));
        var baseline = new Dictionary<int, double>();
        foreach (var precision in Precisions)
        {
            var corpus = precision == Precision.Float32 ? VectorMatrix.Of(vectors) : VectorMatrix.Quantize(vectors, new Quantizer(precision, Dimension, ranges));
            foreach (var batch in Batches)
            {
                Measure(corpus, Part(queries, 0, batch), baseline);
            }
        }
    }

    private static void Measure(VectorMatrix corpus, Tensor queries, Dictionary<int, double> baseline)
    {
        var options = new SearchOptions { Similarity = SimilarityFunction.DotProduct, MaxThreads = 1 };
        var repeats = Math.Max(1, (int)(2_000_000_000L / (corpus.ByteCount * queries.Rows * 10))); // long enough for the clock
        for (var warm = Stopwatch.StartNew(); warm.ElapsedMilliseconds < 1500;)
        {
            SemanticSearch.Search(queries, corpus, options); // until the runtime has compiled the loops for good
        }

        var memory = Bandwidth.Measure();
        var seconds = Measurement.Median(Enumerable.Range(0, 5).Select(_ => Measurement.ProcessorTime(() =>
        {
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                SemanticSearch.Search(queries, corpus, options);
            }
        }))) / repeats;
        memory = Math.Max(memory, Bandwidth.Measure());
        baseline.TryAdd(queries.Rows, seconds);
        var bytes = corpus.ByteCount / seconds;
        Console.WriteLine($"{corpus.Precision,-10}{queries.Rows,8:N0}{queries.Rows / seconds,12:N0}{baseline[queries.Rows] / seconds,11:F2}x{bytes / 1e9,8:F1}{bytes / memory,11:P0}");
    }

    private static Tensor Part(Tensor vectors, int first, int count) =>
        Tensor.From(vectors.Values.Slice(first * Dimension, count * Dimension), count, Dimension);
}
