using System.Diagnostics;
using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Benchmarks;

/// <summary>
/// The machine's limit: fused multiply-adds on registers alone, in as many independent chains as hide their latency.
/// Measured beside every benchmark, because clocks and neighbours change.
/// </summary>
internal static unsafe class Peak
{
    private const int Steps = 4_000_000;
    private const int Chains = 12;

    /// <summary>Floating-point operations per second of so many threads together.</summary>
    public static double Measure(int threads)
    {
        long operations = 0;
        var watch = Stopwatch.StartNew();
        var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            var lanes = 0;
            InstructionSets.Current.Run(new Multiplications(&lanes), 0, Steps);
            Interlocked.Add(ref operations, 2L * Steps * Chains * lanes);
        })).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        return operations / watch.Elapsed.TotalSeconds;
    }

    private readonly struct Multiplications(int* lanes) : IKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLanes>(int first, int end)
            where TLanes : struct, ILanes<TLanes>
        {
            // Chains that start apart, so that none can stand for another.
            TLanes x = TLanes.Broadcast(1.0001f), y = TLanes.Broadcast(0.5f);
            TLanes a = x, b = a + y, c = b + y, d = c + y, e = d + y, f = e + y;
            TLanes g = f + y, h = g + y, i = h + y, j = i + y, k = j + y, l = k + y;
            for (var step = first; step < end; step++)
            {
                a = TLanes.MultiplyAdd(a, y, x);
                b = TLanes.MultiplyAdd(b, y, x);
                c = TLanes.MultiplyAdd(c, y, x);
                d = TLanes.MultiplyAdd(d, y, x);
                e = TLanes.MultiplyAdd(e, y, x);
                f = TLanes.MultiplyAdd(f, y, x);
                g = TLanes.MultiplyAdd(g, y, x);
                h = TLanes.MultiplyAdd(h, y, x);
                i = TLanes.MultiplyAdd(i, y, x);
                j = TLanes.MultiplyAdd(j, y, x);
                k = TLanes.MultiplyAdd(k, y, x);
                l = TLanes.MultiplyAdd(l, y, x);
            }

            var sum = a + b + c + d + (e + f + g + h) + (i + j + k + l);
            *lanes = TLanes.Sum(sum) > 0 ? TLanes.Count : 0; // the sums are used, so the loop stays
        }
    }
}
