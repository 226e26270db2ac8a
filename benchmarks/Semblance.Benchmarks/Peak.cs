using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Semblance.Tensors.Instructions;

namespace Semblance.Benchmarks;

/// <summary>
/// The machine's limit: fused multiply-adds on registers alone, in as many independent chains as hide their latency.
/// Measured beside every benchmark, because clocks and neighbours change.
/// </summary>
internal static class Peak
{
    private const int Steps = 4_000_000;
    private const int Chains = 12;

    /// <summary>Floating-point operations per second of so many threads together.</summary>
    public static double Measure(int threads)
    {
        var lanes = InstructionSets.Current switch
        {
            InstructionSet.Avx512 => Vector512<float>.Count,
            InstructionSet.Avx2 => Vector256<float>.Count,
            _ => Vector128<float>.Count,
        };
        var watch = Stopwatch.StartNew();
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() => Run(lanes))).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        return 2.0 * threads * Steps * Chains * lanes / watch.Elapsed.TotalSeconds;
    }

    private static void Run(int lanes)
    {
        var sum = lanes switch
        {
            16 => Run512(),
            8 => Run256(),
            _ => Run128(),
        };
        GC.KeepAlive(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run512()
    {
        Vector512<float> x = Vector512.Create(1.0001f), y = Vector512.Create(0.5f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var step = 0; step < Steps; step++)
        {
            a = Vector512.FusedMultiplyAdd(a, y, x);
            b = Vector512.FusedMultiplyAdd(b, y, x);
            c = Vector512.FusedMultiplyAdd(c, y, x);
            d = Vector512.FusedMultiplyAdd(d, y, x);
            e = Vector512.FusedMultiplyAdd(e, y, x);
            f = Vector512.FusedMultiplyAdd(f, y, x);
            g = Vector512.FusedMultiplyAdd(g, y, x);
            h = Vector512.FusedMultiplyAdd(h, y, x);
            i = Vector512.FusedMultiplyAdd(i, y, x);
            j = Vector512.FusedMultiplyAdd(j, y, x);
            k = Vector512.FusedMultiplyAdd(k, y, x);
            l = Vector512.FusedMultiplyAdd(l, y, x);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run256()
    {
        Vector256<float> x = Vector256.Create(1.0001f), y = Vector256.Create(0.5f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var step = 0; step < Steps; step++)
        {
            a = Vector256.FusedMultiplyAdd(a, y, x);
            b = Vector256.FusedMultiplyAdd(b, y, x);
            c = Vector256.FusedMultiplyAdd(c, y, x);
            d = Vector256.FusedMultiplyAdd(d, y, x);
            e = Vector256.FusedMultiplyAdd(e, y, x);
            f = Vector256.FusedMultiplyAdd(f, y, x);
            g = Vector256.FusedMultiplyAdd(g, y, x);
            h = Vector256.FusedMultiplyAdd(h, y, x);
            i = Vector256.FusedMultiplyAdd(i, y, x);
            j = Vector256.FusedMultiplyAdd(j, y, x);
            k = Vector256.FusedMultiplyAdd(k, y, x);
            l = Vector256.FusedMultiplyAdd(l, y, x);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run128()
    {
        Vector128<float> x = Vector128.Create(1.0001f), y = Vector128.Create(0.5f);
        Vector128<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var step = 0; step < Steps; step++)
        {
            a = Vector128.FusedMultiplyAdd(a, y, x);
            b = Vector128.FusedMultiplyAdd(b, y, x);
            c = Vector128.FusedMultiplyAdd(c, y, x);
            d = Vector128.FusedMultiplyAdd(d, y, x);
            e = Vector128.FusedMultiplyAdd(e, y, x);
            f = Vector128.FusedMultiplyAdd(f, y, x);
            g = Vector128.FusedMultiplyAdd(g, y, x);
            h = Vector128.FusedMultiplyAdd(h, y, x);
            i = Vector128.FusedMultiplyAdd(i, y, x);
            j = Vector128.FusedMultiplyAdd(j, y, x);
            k = Vector128.FusedMultiplyAdd(k, y, x);
            l = Vector128.FusedMultiplyAdd(l, y, x);
        }

        return Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
