using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Σ wᵢ vᵢ over a row of bytes, in whole numbers, so exact in any order: weights of 16 bits, and v the byte itself where it
/// is unsigned, else twice the byte plus its sign (twice the middle of what was rounded towards zero).
/// </summary>
internal static unsafe class ByteProducts
{
    /// <summary>The largest magnitude of v for signed bytes.</summary>
    public const int LargestSigned = 257;

    /// <summary>The largest v for unsigned bytes.</summary>
    public const int LargestUnsigned = 255;

    private const int PrefetchRows = 16;

    /// <summary>The products of some rows with one vector of weights; no sum may leave 32 bits.</summary>
    public static void Signed(sbyte* rows, int columns, short* weights, Span<int> products) =>
        Multiply<SignedBytes>((byte*)rows, columns, weights, products);

    /// <inheritdoc cref="Signed"/>
    public static void Unsigned(byte* rows, int columns, short* weights, Span<int> products) =>
        Multiply<UnsignedBytes>(rows, columns, weights, products);

    // Four rows at a time: they share the weights, and the last steps of their sums.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TBytes>(byte* rows, int columns, short* weights, Span<int> products)
        where TBytes : struct, IBytes
    {
        var row = 0;
        for (; row <= products.Length - 4 && Avx2.IsSupported; row += 4, rows += 4 * columns)
        {
            var sums = Avx512BW.IsSupported ? Four512<TBytes>(rows, columns, weights, out var done) : Four256<TBytes>(rows, columns, weights, out done);
            for (var i = 0; i < 4; i++)
            {
                products[row + i] = sums.GetElement(i) + Rest<TBytes>(rows + (i * columns), done, columns, weights);
            }
        }

        for (; row < products.Length; row++, rows += columns)
        {
            products[row] = One<TBytes>(rows, columns, weights);
        }
    }

    // Four rows at once are no stream that the processor would see coming.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* rows, int columns, int i)
    {
        var ahead = rows + (PrefetchRows * columns) + (4 * i);
        Sse.Prefetch0(ahead);
        Sse.Prefetch0(ahead + 64);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Four512<TBytes>(byte* rows, int columns, short* weights, out int done)
        where TBytes : struct, IBytes
    {
        Vector512<int> a = default, b = default, c = default, d = default;
        var i = 0;
        for (; i <= columns - 32; i += 32)
        {
            Prefetch(rows, columns, i);
            var w = Vector512.Load(weights + i);
            a += Avx512BW.MultiplyAddAdjacent(TBytes.Load512(rows + i), w);
            b += Avx512BW.MultiplyAddAdjacent(TBytes.Load512(rows + columns + i), w);
            c += Avx512BW.MultiplyAddAdjacent(TBytes.Load512(rows + (2 * columns) + i), w);
            d += Avx512BW.MultiplyAddAdjacent(TBytes.Load512(rows + (3 * columns) + i), w);
        }

        done = i;
        return Sums(a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Four256<TBytes>(byte* rows, int columns, short* weights, out int done)
        where TBytes : struct, IBytes
    {
        Vector256<int> a = default, b = default, c = default, d = default;
        var i = 0;
        for (; i <= columns - 16; i += 16)
        {
            var w = Vector256.Load(weights + i);
            a += Avx2.MultiplyAddAdjacent(TBytes.Load256(rows + i), w);
            b += Avx2.MultiplyAddAdjacent(TBytes.Load256(rows + columns + i), w);
            c += Avx2.MultiplyAddAdjacent(TBytes.Load256(rows + (2 * columns) + i), w);
            d += Avx2.MultiplyAddAdjacent(TBytes.Load256(rows + (3 * columns) + i), w);
        }

        done = i;
        return Sums(a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Sums(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d)
    {
        var sums = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a, b), Avx2.HorizontalAdd(c, d));
        return sums.GetLower() + sums.GetUpper();
    }

    private static int One<TBytes>(byte* row, int columns, short* weights)
        where TBytes : struct, IBytes
    {
        Vector128<int> sum = default;
        var i = 0;
        for (; i <= columns - 16; i += 16)
        {
            var (lower, upper) = TBytes.Load128(row + i);
            sum += Sum(lower, Vector128.Load(weights + i)) + Sum(upper, Vector128.Load(weights + i + 8));
        }

        return Vector128.Sum(sum) + Rest<TBytes>(row, i, columns, weights);
    }

    private static Vector128<int> Sum(Vector128<short> a, Vector128<short> b) =>
        (Vector128.WidenLower(a) * Vector128.WidenLower(b)) + (Vector128.WidenUpper(a) * Vector128.WidenUpper(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Rest<TBytes>(byte* row, int i, int columns, short* weights)
        where TBytes : struct, IBytes
    {
        var sum = 0;
        for (; i < columns; i++)
        {
            sum += weights[i] * TBytes.Load(row + i);
        }

        return sum;
    }

    /// <summary>The v of bytes.</summary>
    private interface IBytes
    {
        static abstract Vector512<short> Load512(byte* row);

        static abstract Vector256<short> Load256(byte* row);

        static abstract (Vector128<short> Lower, Vector128<short> Upper) Load128(byte* row);

        static abstract int Load(byte* row);
    }

    private readonly struct SignedBytes : IBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<short> Load512(byte* row)
        {
            var v = Avx512BW.ConvertToVector512Int16(Vector256.Load((sbyte*)row));
            return v + v + Vector512.Max(Vector512.Min(v, Vector512<short>.One), -Vector512<short>.One);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<short> Load256(byte* row)
        {
            var v = Avx2.ConvertToVector256Int16((sbyte*)row);
            return v + v + Avx2.Sign(Vector256<short>.One, v);
        }

        public static (Vector128<short> Lower, Vector128<short> Upper) Load128(byte* row)
        {
            var (lower, upper) = Vector128.Widen(Vector128.Load((sbyte*)row));
            return (Doubled(lower), Doubled(upper));
        }

        public static int Load(byte* row) => (2 * *(sbyte*)row) + Math.Sign(*(sbyte*)row);

        private static Vector128<short> Doubled(Vector128<short> v) =>
            v + v + Vector128.Max(Vector128.Min(v, Vector128<short>.One), -Vector128<short>.One);
    }

    private readonly struct UnsignedBytes : IBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<short> Load512(byte* row) => Avx512BW.ConvertToVector512Int16(Vector256.Load(row));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<short> Load256(byte* row) => Avx2.ConvertToVector256Int16(row);

        public static (Vector128<short> Lower, Vector128<short> Upper) Load128(byte* row)
        {
            var (lower, upper) = Vector128.Widen(Vector128.Load(row));
            return (lower.AsInt16(), upper.AsInt16());
        }

        public static int Load(byte* row) => *row;
    }
}
