using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Semblance.Tensors.Instructions;

namespace Semblance.Benchmarks;

/// <summary>
/// The machine's limit: fused multiply-adds on registers alone, in as many independent chains as hide their latency.
/// Measured beside every benchmark, because clocks and neighbors change.
/// </summary>
internal static class Peak
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
            Interlocked.Add(ref operations, InstructionSets.Current switch
            {
                InstructionSet.Avx512 => Multiply<Register512>(),
                InstructionSet.Avx2 => Multiply<Register256>(),
                _ => Multiply<Register128>(),
            });
        })).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        return operations / watch.Elapsed.TotalSeconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long Multiply<TRegister>()
        where TRegister : struct, IRegister<TRegister>
    {
        // Chains that start apart, so that none can stand for another.
        TRegister x = TRegister.Of(1.0001f), y = TRegister.Of(0.5f);
        TRegister a = x, b = TRegister.Add(a, y), c = TRegister.Add(b, y);
        TRegister d = TRegister.Add(c, y), e = TRegister.Add(d, y), f = TRegister.Add(e, y);
        TRegister g = TRegister.Add(f, y), h = TRegister.Add(g, y), i = TRegister.Add(h, y);
        TRegister j = TRegister.Add(i, y), k = TRegister.Add(j, y), l = TRegister.Add(k, y);
        for (var step = 0; step < Steps; step++)
        {
            a = TRegister.MultiplyAdd(a, y, x);
            b = TRegister.MultiplyAdd(b, y, x);
            c = TRegister.MultiplyAdd(c, y, x);
            d = TRegister.MultiplyAdd(d, y, x);
            e = TRegister.MultiplyAdd(e, y, x);
            f = TRegister.MultiplyAdd(f, y, x);
            g = TRegister.MultiplyAdd(g, y, x);
            h = TRegister.MultiplyAdd(h, y, x);
            i = TRegister.MultiplyAdd(i, y, x);
            j = TRegister.MultiplyAdd(j, y, x);
            k = TRegister.MultiplyAdd(k, y, x);
            l = TRegister.MultiplyAdd(l, y, x);
        }

        var sum = a;
        sum = TRegister.Add(TRegister.Add(TRegister.Add(TRegister.Add(sum, b), c), d), e);
        sum = TRegister.Add(TRegister.Add(TRegister.Add(TRegister.Add(sum, f), g), h), i);
        sum = TRegister.Add(TRegister.Add(TRegister.Add(sum, j), k), l);
        GC.KeepAlive(sum); // the sums are used, so the loop stays
        return 2L * Steps * Chains * TRegister.Count;
    }

    private interface IRegister<TSelf>
    {
        static abstract int Count { get; }

        static abstract TSelf Of(float value);

        static abstract TSelf Add(TSelf x, TSelf y);

        static abstract TSelf MultiplyAdd(TSelf x, TSelf y, TSelf z);
    }

    private readonly struct Register512(Vector512<float> value) : IRegister<Register512>
    {
        private readonly Vector512<float> _value = value;

        public static int Count => Vector512<float>.Count;

        public static Register512 Of(float value) => new(Vector512.Create(value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Register512 Add(Register512 x, Register512 y) => new(x._value + y._value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Register512 MultiplyAdd(Register512 x, Register512 y, Register512 z) =>
            new(Vector512.FusedMultiplyAdd(x._value, y._value, z._value));
    }

    private readonly struct Register256(Vector256<float> value) : IRegister<Register256>
    {
        private readonly Vector256<float> _value = value;

        public static int Count => Vector256<float>.Count;

        public static Register256 Of(float value) => new(Vector256.Create(value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Register256 Add(Register256 x, Register256 y) => new(x._value + y._value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Register256 MultiplyAdd(Register256 x, Register256 y, Register256 z) =>
            new(Vector256.FusedMultiplyAdd(x._value, y._value, z._value));
    }

    private readonly struct Register128(Vector128<float> value) : IRegister<Register128>
    {
        private readonly Vector128<float> _value = value;

        public static int Count => Vector128<float>.Count;

        public static Register128 Of(float value) => new(Vector128.Create(value));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Register128 Add(Register128 x, Register128 y) => new(x._value + y._value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Register128 MultiplyAdd(Register128 x, Register128 y, Register128 z) =>
            new(Vector128.FusedMultiplyAdd(x._value, y._value, z._value));
    }
}
