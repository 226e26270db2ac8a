using System.Numerics.Tensors;

namespace Semblance.Benchmarks;

/// <summary>The machine's other limit: how fast one core reads memory that no cache holds.</summary>
internal static class Bandwidth
{
    private const int Floats = 64 << 20; // 256 MB

    private static readonly Lazy<float[]> Memory = new(() =>
    {
        var memory = new float[Floats];
        Array.Fill(memory, 1f);
        return memory;
    });

    /// <summary>Bytes per second of processor time; the best of three passes.</summary>
    public static double Measure()
    {
        var memory = Memory.Value;
        var best = double.MaxValue;
        for (var pass = 0; pass < 3; pass++)
        {
            var sum = 0f;
            best = Math.Min(best, Measurement.ProcessorTime(() => sum = TensorPrimitives.SumOfSquares<float>(memory)));
            if (sum < 1)
            {
                throw new InvalidOperationException("The sum is used, so that the loop stays.");
            }
        }

        return (double)Floats * sizeof(float) / best;
    }
}
