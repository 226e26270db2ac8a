using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors;

/// <summary>Computes Σ wᵢ vᵢ over a row of unsigned bytes with small weights, in integers, so exact in any order.</summary>
public static unsafe class ByteProducts
{
    /// <summary>The largest magnitude of a weight: two products with a byte fit 16 bits.</summary>
    public const int LargestWeight = 64;

    /// <summary>The number of weights, zeros at the end included, is a multiple of this.</summary>
    public const int Padding = 64;

    private const int PrefetchRows = 16;

    /// <summary>Multiplies rows of bytes with one vector of weights, on the calling thread. Each sum must fit 32 bits.</summary>
    /// <param name="rows"><c>[products × columns]</c>, one row after another.</param>
    /// <param name="columns">The number of elements of a row.</param>
    /// <param name="flip">
    /// The bits to flip in each byte before it is multiplied: <c>0x80</c> adds 128 to signed bytes, 0 leaves unsigned bytes unchanged.
    /// </param>
    /// <param name="weights">
    /// A weight for each element, from −<see cref="LargestWeight"/> to <see cref="LargestWeight"/>, padded with zeros to a multiple of
    /// <see cref="Padding"/>.
    /// </param>
    /// <param name="products">Receives a sum for each row.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static void Multiply(ReadOnlySpan<byte> rows, int columns, byte flip, ReadOnlySpan<sbyte> weights, Span<int> products)
    {
        if (columns < 1 || rows.Length != (long)products.Length * columns || weights.Length < columns || weights.Length % Padding != 0)
        {
            throw new ArgumentException(
                $"{rows.Length} bytes in rows of {columns} and {weights.Length} weights do not fit {products.Length} products; weights "
                + $"are padded to {Padding}.",
                nameof(rows));
        }

        fixed (byte* bytes = rows)
        fixed (sbyte* factors = weights)
        {
            Multiply(bytes, columns, flip, factors, products);
        }
    }

    /// <summary>Multiplies one row of bytes with one vector of weights, on the calling thread. The sum must fit 32 bits.</summary>
    /// <param name="row">The row.</param>
    /// <param name="flip">The bits to flip in each byte before it is multiplied, as for many rows.</param>
    /// <param name="weights">A weight for each element, as for many rows.</param>
    /// <returns>The sum.</returns>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static int Multiply(ReadOnlySpan<byte> row, byte flip, ReadOnlySpan<sbyte> weights)
    {
        if (weights.Length < row.Length || weights.Length % Padding != 0)
        {
            throw new ArgumentException($"{weights.Length} weights do not fit a row of {row.Length} bytes.", nameof(weights));
        }

        fixed (byte* bytes = row)
        fixed (sbyte* factors = weights)
        {
            return One(bytes, row.Length, flip, factors);
        }
    }

    /// <summary>Rounds a vector to the weights of the smallest step with which the products of a row fit.</summary>
    /// <param name="values">The vector, of finite numbers.</param>
    /// <param name="weights">
    /// Receives the rounded multiples of the step, from −<see cref="LargestWeight"/> to <see cref="LargestWeight"/>.
    /// </param>
    /// <returns>The step; 0 if the vector is zero.</returns>
    public static double Round(ReadOnlySpan<double> values, Span<sbyte> weights)
    {
        var step = Math.Abs(TensorPrimitives.MaxMagnitude(values)) / LargestOf(values.Length, LargestWeight);
        Round(values, step, weights);
        return step;
    }

    /// <summary>Rounds a vector to multiples of a step, or to zeros if the step is 0.</summary>
    internal static void Round(ReadOnlySpan<double> values, double step, Span<sbyte> weights)
    {
        var inverse = double.IsFinite(1 / step) ? 1 / step : 0;
        for (var i = 0; i < values.Length; i++)
        {
            weights[i] = (sbyte)Math.Round(values[i] * inverse);
        }
    }

    /// <summary>Returns the largest weight up to a limit with which the sum of a number of products fits 32 bits.</summary>
    internal static int LargestOf(int columns, int limit) =>
        (int)Math.Clamp(int.MaxValue / (byte.MaxValue * (long)Math.Max(1, columns)), 1, limit);

    /// <summary>Returns the sum of the squares of a row of bytes minus 128.</summary>
    /// <param name="row">The row.</param>
    /// <param name="flip">
    /// The bits to flip in each byte before 128 is subtracted: <c>0x80</c> for signed bytes, 0 for unsigned bytes.
    /// </param>
    public static long Squares(ReadOnlySpan<byte> row, byte flip)
    {
        var sum = 0L;
        var flips = Vector256.Create((byte)(flip ^ 0x80)); // a byte minus 128 is the signed byte with the first bit flipped
        var i = 0;
        for (; i <= row.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
        {
            var (lower, upper) = Vector256.Widen((Vector256.Create(row[i..]) ^ flips).AsSByte());
            var (even, odd) = Vector256.Widen(((lower * lower) + (upper * upper)).AsUInt16()); // at most 2 · 2¹⁴ each
            sum += Vector256.Sum(even + odd);
        }

        for (; i < row.Length; i++)
        {
            var value = (sbyte)(row[i] ^ flip ^ 0x80);
            sum += value * value;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(byte* rows, int columns, byte flip, sbyte* weights, Span<int> products)
    {
        // Four rows at a time: they share the weights, and the last steps of their sums.
        var row = 0;
        for (; row <= products.Length - 4 && Avx2.IsSupported; row += 4, rows += 4 * columns)
        {
            var sums = Avx512BW.IsSupported
                ? Four512(rows, columns, flip, weights, out var done)
                : Four256(rows, columns, flip, weights, out done);
            for (var i = 0; i < 4; i++)
            {
                products[row + i] = sums.GetElement(i) + Rest(rows + (i * columns), done, columns, flip, weights);
            }
        }

        for (; row < products.Length; row++, rows += columns)
        {
            products[row] = One(rows, columns, flip, weights);
        }
    }

    // The hardware prefetcher does not follow four rows at once.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* rows, int columns, int i, int bytes)
    {
        var ahead = rows + (PrefetchRows * columns) + (4 * i);
        for (var line = 0; line < 4 * bytes; line += 64)
        {
            Sse.Prefetch0(ahead + line);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Four512(byte* rows, int columns, byte flip, sbyte* weights, out int done)
    {
        Vector512<int> a = default, b = default, c = default, d = default;
        var flips = Vector512.Create(flip);
        var i = 0;
        for (; i <= columns - 64; i += 64)
        {
            Prefetch(rows, columns, i, 64);
            var w = Vector512.Load(weights + i);
            a += Products(Vector512.Load(rows + i) ^ flips, w);
            b += Products(Vector512.Load(rows + columns + i) ^ flips, w);
            c += Products(Vector512.Load(rows + (2 * columns) + i) ^ flips, w);
            d += Products(Vector512.Load(rows + (3 * columns) + i) ^ flips, w);
        }

        if (i < columns)
        {
            var these = Vector512.LessThan(Vector512<byte>.Indices, Vector512.Create((byte)(columns - i)));
            var w = Vector512.Load(weights + i);
            a += Products(Avx512BW.MaskLoad(rows + i, these, default) ^ flips, w);
            b += Products(Avx512BW.MaskLoad(rows + columns + i, these, default) ^ flips, w);
            c += Products(Avx512BW.MaskLoad(rows + (2 * columns) + i, these, default) ^ flips, w);
            d += Products(Avx512BW.MaskLoad(rows + (3 * columns) + i, these, default) ^ flips, w);
        }

        done = columns;
        return Sums(a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Four256(byte* rows, int columns, byte flip, sbyte* weights, out int done)
    {
        Vector256<int> a = default, b = default, c = default, d = default;
        var flips = Vector256.Create(flip);
        var i = 0;
        for (; i <= columns - 32; i += 32)
        {
            Prefetch(rows, columns, i, 32);
            var w = Vector256.Load(weights + i);
            a += Products(Vector256.Load(rows + i) ^ flips, w);
            b += Products(Vector256.Load(rows + columns + i) ^ flips, w);
            c += Products(Vector256.Load(rows + (2 * columns) + i) ^ flips, w);
            d += Products(Vector256.Load(rows + (3 * columns) + i) ^ flips, w);
        }

        done = i;
        return Sums(a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Products(Vector512<byte> v, Vector512<sbyte> w) =>
        Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(v, w), Vector512<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Products(Vector256<byte> v, Vector256<sbyte> w) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(v, w), Vector256<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Sums(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d)
    {
        var sums = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a, b), Avx2.HorizontalAdd(c, d));
        return sums.GetLower() + sums.GetUpper();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int One(byte* row, int columns, byte flip, sbyte* weights)
    {
        Vector128<int> sum = default;
        var i = 0;
        if (Avx2.IsSupported)
        {
            Vector256<int> wide = default;
            for (; i <= columns - 32; i += 32)
            {
                wide += Products(Vector256.Load(row + i) ^ Vector256.Create(flip), Vector256.Load(weights + i));
            }

            sum = wide.GetLower() + wide.GetUpper();
        }

        for (; i <= columns - 16; i += 16)
        {
            var (v, w) = (Vector128.Load(row + i) ^ Vector128.Create(flip), Vector128.Load(weights + i));
            var pairs = (Vector128.WidenLower(v).AsInt16() * Vector128.WidenLower(w))
                + (Vector128.WidenUpper(v).AsInt16() * Vector128.WidenUpper(w));
            sum += Vector128.WidenLower(pairs) + Vector128.WidenUpper(pairs);
        }

        return Vector128.Sum(sum) + Rest(row, i, columns, flip, weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Rest(byte* row, int i, int columns, byte flip, sbyte* weights)
    {
        var sum = 0;
        for (; i < columns; i++)
        {
            sum += weights[i] * (row[i] ^ flip);
        }

        return sum;
    }
}
