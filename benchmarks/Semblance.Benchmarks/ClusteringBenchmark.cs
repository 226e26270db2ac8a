using System.Diagnostics;
using Semblance.Tensors;

namespace Semblance.Benchmarks;

/// <summary>
/// Clusters of many vectors, 384 wide and of length one, around as many places as there are groups; each method at the size that it is for.
/// <c>SEMBLANCE_CLUSTERING</c> names the only ones to measure, such as HDBSCAN.
/// </summary>
internal static class ClusteringBenchmark
{
    private const int Columns = 384;

    public static void Run()
    {
        Console.WriteLine($"{"method",-28}{"vectors",10}{"found",9}{"seconds",10}{"peak above the vectors",25}");
        Measure("communities, from 0.75", 50_000, 1000, vectors => CommunityDetection.Detect(vectors).Count);
        Measure("communities, all alike", 50_000, 1, vectors => CommunityDetection.Detect(vectors).Count);
        Measure("k-means, 100 clusters", 100_000, 100, vectors => KMeans.Fit(vectors, new KMeansOptions { Clusters = 100 }).Centers.Rows);
        Measure("k-means, batches of 1,000", 100_000, 100, vectors => KMeans.Fit(vectors, new KMeansOptions { Clusters = 100, BatchSize = 1000 }).Centers.Rows);
        Measure("agglomerative, average", 5_000, 50, vectors => AgglomerativeClustering.Fit(vectors).CutAt(0.4).Max() + 1);
        Measure("agglomerative, Ward", 5_000, 50, vectors => AgglomerativeClustering.Fit(vectors, new AgglomerativeOptions { Linkage = Linkage.Ward }).Cut(50).Max() + 1);
        Measure("HDBSCAN", 20_000, 50, vectors => Hdbscan.Fit(vectors, new HdbscanOptions { MinClusterSize = 20 }).Labels.Max() + 1);
        Measure("principal components, to 50", 50_000, 50, vectors => PrincipalComponents.Fit(vectors, 50).Transform(vectors).Columns);
        Measure("t-SNE, 1,000 steps", 10_000, 50, vectors => TSne.Fit(vectors).Points.Rows);
    }

    private static void Measure(string name, int count, int groups, Func<Tensor, int> find)
    {
        if (!name.Contains(Environment.GetEnvironmentVariable("SEMBLANCE_CLUSTERING") ?? "", StringComparison.Ordinal))
        {
            return;
        }

        var vectors = Vectors(count, groups);
        find(Vectors(500, 5)); // compiled, and the threads are there
        GC.Collect();
        var (before, peak, done) = (Environment.WorkingSet, 0L, false);
        var watcher = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                peak = Math.Max(peak, Environment.WorkingSet - before);
                Thread.Sleep(5);
            }
        });
        watcher.Start();
        var watch = Stopwatch.StartNew();
        var found = find(vectors);
        var seconds = watch.Elapsed.TotalSeconds;
        Volatile.Write(ref done, true);
        watcher.Join();
        Console.WriteLine($"{name,-28}{count,10:N0}{found,9:N0}{seconds,10:F2}{peak / 1e6,22:F0} MB");
    }

    // The cosine of two in a group is some 0.8.
    private static Tensor Vectors(int count, int groups)
    {
        var random = new Random(count);
        var centers = new float[groups * Columns];
        Fill(centers, 1);
        var vectors = Tensor.Zeros(count, Columns);
        var target = vectors.Writable;
        Fill(target, 0.5f);
        for (var i = 0; i < target.Length; i++)
        {
            target[i] += centers[(i / Columns % groups * Columns) + (i % Columns)];
        }

        using var run = new Computation();
        run.Normalize(vectors).Values.CopyTo(target);
        return vectors;

        void Fill(Span<float> values, float width)
        {
            foreach (ref var value in values)
            {
                value = width * ((random.NextSingle() * 2) - 1);
            }
        }
    }
}
