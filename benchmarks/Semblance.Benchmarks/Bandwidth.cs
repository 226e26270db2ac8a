using System.Diagnostics;
using System.Numerics.Tensors;
using Semblance.Tensors;

namespace Semblance.Benchmarks;

/// <summary>The machine's other limit: how fast its cores together read memory that no cache holds.</summary>
internal static class Bandwidth
{
    private const int Floats = 64 << 20; // 256 MB
    private const int Parts = 256;

    private static readonly Lazy<float[]> Memory = new(() =>
    {
        var memory = new float[Floats];
        Array.Fill(memory, 1f);
        return memory;
    });

    /// <summary>Bytes per second, of so many threads together; the best of three passes.</summary>
    public static double Measure(int threads)
    {
        var memory = Memory.Value;
        var best = double.MaxValue;
        for (var pass = 0; pass < 3; pass++)
        {
            var sums = new float[Parts];
            var watch = Stopwatch.StartNew();
            Workers.Shared.For(Parts, threads, part => sums[part] = TensorPrimitives.SumOfSquares<float>(memory.AsSpan(part * (Floats / Parts), Floats / Parts)));
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
            if (sums.Sum() < 1)
            {
                throw new InvalidOperationException("The sums are used, so that the loop stays.");
            }
        }

        return (double)Floats * sizeof(float) / best;
    }
}
