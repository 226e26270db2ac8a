using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors;

/// <summary>
/// Represents up to 64 rows of unsigned bytes, arranged for products with many vectors of small weights: Σ wᵢ vᵢ in integers, so exact in
/// any order. Not thread-safe.
/// </summary>
/// <remarks>
/// Four consecutive bytes of each of 32 rows lie together, so that a register holds them for 8 or 16 rows, and each of its 32-bit sums
/// belongs to one row. On AVX2 and AVX-512, the products of 32 columns are added in 16 bits before they are widened, which the limit of the
/// weights allows.
/// </remarks>
public sealed unsafe class ByteBlock
{
    /// <summary>The maximum number of rows.</summary>
    public const int Rows = 64;

    /// <summary>
    /// The largest sum of the positive weights, or of the negative ones, whose products are added in 16 bits: those of the columns 4i and
    /// 4i + 1, or 4i + 2 and 4i + 3, of 32 columns from a multiple of 32 on.
    /// </summary>
    public const int LargestSum = 128;

    private const int Group = 4; // bytes of a row that lie together
    private const int Line = 32 * Group; // four bytes of each of 32 rows: what is multiplied at a time stays in the first-level cache
    private const int Strip = 32; // columns whose products are added in 16 bits, half of them in each of two sums
    private const int Together = 4; // vectors of weights

    private readonly byte[] _memory;
    private readonly byte* _bytes; // [rows / 32 × columns / 4 × 32 × 4]

    /// <summary>Initializes a new instance of the <see cref="ByteBlock"/> class.</summary>
    /// <param name="columns">The number of bytes of a row.</param>
    public ByteBlock(int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        Columns = columns;
        _memory = GC.AllocateArray<byte>(checked((Padded * Rows) + Tensor.Alignment), pinned: true);
        var address = (nint)Unsafe.AsPointer(ref _memory[0]);
        _bytes = (byte*)((address + Tensor.Alignment - 1) & ~(nint)(Tensor.Alignment - 1));
    }

    /// <summary>Gets the number of bytes of a row.</summary>
    public int Columns { get; }

    private int Padded => (Columns + (2 * Group) - 1) / (2 * Group) * (2 * Group);

    /// <summary>Loads rows in place of those that were loaded before.</summary>
    /// <param name="rows">The rows, one after another, at most <see cref="Rows"/>.</param>
    /// <param name="flip">
    /// The bits to flip in each byte: <c>0x80</c> adds 128 to signed bytes, 0 leaves unsigned bytes unchanged.
    /// </param>
    /// <exception cref="ArgumentException">These are not whole rows, or too many.</exception>
    public void Load(ReadOnlySpan<byte> rows, byte flip)
    {
        if (rows.Length % Columns != 0 || rows.Length / Columns > Rows)
        {
            throw new ArgumentException(
                $"{rows.Length} bytes are not at most {Rows} whole rows of {Columns} bytes.", nameof(rows));
        }

        new Span<byte>(_bytes, Padded * Rows).Clear();
        var flips = 0x0101_0101u * flip;
        for (var row = 0; row < rows.Length / Columns; row++)
        {
            var from = rows.Slice(row * Columns, Columns);
            var to = From(row);
            var i = 0;
            for (; i <= Columns - Group; i += Group, to += Line)
            {
                *(uint*)to = Unsafe.ReadUnaligned<uint>(in from[i]) ^ flips;
            }

            for (; i < Columns; i++)
            {
                to[i % Group] = (byte)(from[i] ^ flip);
            }
        }
    }

    /// <summary>
    /// Rounds a vector to the weights of the smallest step with which all sums of products fit: those of 32 bytes as
    /// <see cref="LargestSum"/> says, and those of a whole row 32 bits.
    /// </summary>
    /// <param name="values">The vector, of finite numbers.</param>
    /// <param name="weights">Receives the rounded multiples of the step, from −127 to 127.</param>
    /// <returns>The step; 0 if the vector is zero.</returns>
    public static double Round(ReadOnlySpan<double> values, Span<sbyte> weights)
    {
        double largest = 0, sums = 0;
        for (var strip = 0; strip < values.Length; strip += Strip)
        {
            Span<double> positive = [0, 0], negative = [0, 0];
            for (var i = strip; i < Math.Min(values.Length, strip + Strip); i++)
            {
                positive[i / 2 % 2] += Math.Max(values[i], 0);
                negative[i / 2 % 2] += Math.Max(-values[i], 0);
                largest = Math.Max(largest, Math.Abs(values[i]));
            }

            sums = Math.Max(sums, Math.Max(Math.Max(positive[0], positive[1]), Math.Max(negative[0], negative[1])));
        }

        // Rounding adds up to half a step to each of the weights that are added.
        var step = Math.Max(largest / ByteProducts.LargestOf(values.Length, sbyte.MaxValue), sums / (LargestSum - (Strip / 4)));
        ByteProducts.Round(values, step, weights);
        return step;
    }

    /// <summary>Multiplies the rows with vectors of weights, on the calling thread.</summary>
    /// <param name="weights">
    /// The vectors, one after another: a weight for each byte of a row, as <see cref="Round"/> returns them, padded with zeros to a
    /// multiple of <see cref="ByteProducts.Padding"/>.
    /// </param>
    /// <param name="products">Receives <see cref="Rows"/> sums for each vector.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public void Multiply(ReadOnlySpan<sbyte> weights, Span<int> products) => Multiply(InstructionSets.Current, weights, products);

    internal void Multiply(InstructionSet set, ReadOnlySpan<sbyte> weights, Span<int> products)
    {
        var width = (Columns + ByteProducts.Padding - 1) / ByteProducts.Padding * ByteProducts.Padding;
        var count = weights.Length / width;
        if (weights.Length % width != 0 || products.Length != count * Rows)
        {
            throw new ArgumentException(
                $"{weights.Length} weights are not vectors of {width}, or {products.Length} products are not {Rows} for each.",
                nameof(weights));
        }

        fixed (sbyte* factors = weights)
        fixed (int* sums = products)
        {
            var together = set == InstructionSet.Avx512 ? 32 : 16; // rows
            var whole = count / Together * Together;
            var same = stackalloc int[Together * Rows];
            for (var row = 0; row < Rows; row += together)
            {
                Multiply(set, From(row), factors, width, whole, sums + row);

                // The last vectors that are fewer than four are multiplied alone, four times.
                for (var vector = whole; vector < count; vector++)
                {
                    Multiply(set, From(row), factors + ((nint)vector * width), 0, Together, same);
                    new ReadOnlySpan<int>(same, together).CopyTo(products.Slice((vector * Rows) + row, together));
                }
            }
        }

        GC.KeepAlive(this);
    }

    private byte* From(int row) => _bytes + ((nint)row / 32 * Padded * 32) + (row % 32 * Group);

    private void Multiply(InstructionSet set, byte* from, sbyte* weights, int width, int count, int* sums)
    {
        if (set == InstructionSet.Avx512 && Avx512BW.IsSupported)
        {
            Multiply512(from, Padded, weights, width, count, sums);
        }
        else if (set == InstructionSet.Avx2 && Avx2.IsSupported)
        {
            Multiply256(from, Padded, weights, width, count, sums);
        }
        else if (set == InstructionSet.AdvSimd && Dp.IsSupported)
        {
            MultiplyArm(from, Padded, weights, width, count, sums);
        }
        else
        {
            MultiplyPortable(from, Padded, weights, width, count, sums, set == InstructionSet.Avx512 ? 32 : 16);
        }
    }

    // The reference.
    private static void MultiplyPortable(byte* from, int columns, sbyte* weights, int width, int count, int* sums, int rows)
    {
        for (var vector = 0; vector < count; vector++, weights += width, sums += Rows)
        {
            new Span<int>(sums, rows).Clear();
            for (var i = 0; i < columns; i += Group)
            {
                for (var row = 0; row < rows; row++)
                {
                    var four = from + (i / Group * Line) + (row * Group);
                    sums[row] += (weights[i] * four[0]) + (weights[i + 1] * four[1]) + (weights[i + 2] * four[2]) + (weights[i + 3] * four[3]);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply256(byte* bytes, int columns, sbyte* weights, int width, int count, int* sums)
    {
        for (var vector = 0; vector < count; vector += Together, weights += Together * (nint)width, sums += Together * Rows)
        {
            var from = bytes;
            sbyte* wb = weights + width, wc = wb + width, wd = wc + width;
            for (var strip = 0; strip < columns; strip += Strip)
            {
                Vector256<short> a0 = default, a1 = default, b0 = default, b1 = default;
                Vector256<short> c0 = default, c1 = default, d0 = default, d1 = default;
                for (nint i = strip, end = Math.Min(columns, strip + Strip); i < end; i += 2 * Group, from += 2 * Line)
                {
                    var (first, second) = (Vector256.LoadAligned(from), Vector256.LoadAligned(from + 32));
                    Add(first, second, weights + i, ref a0, ref a1);
                    Add(first, second, wb + i, ref b0, ref b1);
                    Add(first, second, wc + i, ref c0, ref c1);
                    Add(first, second, wd + i, ref d0, ref d1);
                    (first, second) = (Vector256.LoadAligned(from + Line), Vector256.LoadAligned(from + Line + 32));
                    Add(first, second, weights + i + Group, ref a0, ref a1);
                    Add(first, second, wb + i + Group, ref b0, ref b1);
                    Add(first, second, wc + i + Group, ref c0, ref c1);
                    Add(first, second, wd + i + Group, ref d0, ref d1);
                }

                Widen(a0, a1, sums, strip == 0);
                Widen(b0, b1, sums + Rows, strip == 0);
                Widen(c0, c1, sums + (2 * Rows), strip == 0);
                Widen(d0, d1, sums + (3 * Rows), strip == 0);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply512(byte* bytes, int columns, sbyte* weights, int width, int count, int* sums)
    {
        for (var vector = 0; vector < count; vector += Together, weights += Together * (nint)width, sums += Together * Rows)
        {
            var from = bytes;
            sbyte* wb = weights + width, wc = wb + width, wd = wc + width;
            for (var strip = 0; strip < columns; strip += Strip)
            {
                Vector512<short> a0 = default, a1 = default, b0 = default, b1 = default;
                Vector512<short> c0 = default, c1 = default, d0 = default, d1 = default;
                for (nint i = strip, end = Math.Min(columns, strip + Strip); i < end; i += 2 * Group, from += 2 * Line)
                {
                    var (first, second) = (Vector512.LoadAligned(from), Vector512.LoadAligned(from + 64));
                    Add(first, second, weights + i, ref a0, ref a1);
                    Add(first, second, wb + i, ref b0, ref b1);
                    Add(first, second, wc + i, ref c0, ref c1);
                    Add(first, second, wd + i, ref d0, ref d1);
                    (first, second) = (Vector512.LoadAligned(from + Line), Vector512.LoadAligned(from + Line + 64));
                    Add(first, second, weights + i + Group, ref a0, ref a1);
                    Add(first, second, wb + i + Group, ref b0, ref b1);
                    Add(first, second, wc + i + Group, ref c0, ref c1);
                    Add(first, second, wd + i + Group, ref d0, ref d1);
                }

                Widen(a0, a1, sums, strip == 0);
                Widen(b0, b1, sums + Rows, strip == 0);
                Widen(c0, c1, sums + (2 * Rows), strip == 0);
                Widen(d0, d1, sums + (3 * Rows), strip == 0);
            }
        }
    }

    // The instruction multiplies signed bytes: 128 is subtracted from each, and 128 Σ wᵢ added to the sum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyArm(byte* bytes, int columns, sbyte* weights, int width, int count, int* sums)
    {
        const int Lanes = 4;
        var middle = Vector128.Create((byte)0x80);
        for (var vector = 0; vector < count; vector++, weights += width, sums += Rows)
        {
            var excess = Vector128<int>.Zero;
            for (var i = 0; i < columns; i += Group)
            {
                excess = Dp.DotProduct(excess, Vector128.Create(*(int*)(weights + i)).AsSByte(), Vector128<sbyte>.One);
            }

            excess <<= 7;
            Vector128<int> a = excess, b = excess, c = excess, d = excess;
            var from = bytes;
            for (var i = 0; i < columns; i += Group, from += Line)
            {
                var w = Vector128.Create(*(int*)(weights + i)).AsSByte();
                a = Dp.DotProduct(a, (Vector128.Load(from) ^ middle).AsSByte(), w);
                b = Dp.DotProduct(b, (Vector128.Load(from + 16) ^ middle).AsSByte(), w);
                c = Dp.DotProduct(c, (Vector128.Load(from + 32) ^ middle).AsSByte(), w);
                d = Dp.DotProduct(d, (Vector128.Load(from + 48) ^ middle).AsSByte(), w);
            }

            a.Store(sums);
            b.Store(sums + Lanes);
            c.Store(sums + (2 * Lanes));
            d.Store(sums + (3 * Lanes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<byte> first, Vector256<byte> second, sbyte* w, ref Vector256<short> sum0, ref Vector256<short> sum1)
    {
        var weights = Vector256.Create(*(int*)w).AsSByte();
        sum0 += Avx2.MultiplyAddAdjacent(first, weights);
        sum1 += Avx2.MultiplyAddAdjacent(second, weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(Vector256<short> sum0, Vector256<short> sum1, int* to, bool isFirst)
    {
        var wide0 = Avx2.MultiplyAddAdjacent(sum0, Vector256<short>.One);
        var wide1 = Avx2.MultiplyAddAdjacent(sum1, Vector256<short>.One);
        if (!isFirst)
        {
            wide0 += Vector256.Load(to);
            wide1 += Vector256.Load(to + Vector256<int>.Count);
        }

        wide0.Store(to);
        wide1.Store(to + Vector256<int>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector512<byte> first, Vector512<byte> second, sbyte* w, ref Vector512<short> sum0, ref Vector512<short> sum1)
    {
        var weights = Vector512.Create(*(int*)w).AsSByte();
        sum0 += Avx512BW.MultiplyAddAdjacent(first, weights);
        sum1 += Avx512BW.MultiplyAddAdjacent(second, weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(Vector512<short> sum0, Vector512<short> sum1, int* to, bool isFirst)
    {
        var wide0 = Avx512BW.MultiplyAddAdjacent(sum0, Vector512<short>.One);
        var wide1 = Avx512BW.MultiplyAddAdjacent(sum1, Vector512<short>.One);
        if (!isFirst)
        {
            wide0 += Vector512.Load(to);
            wide1 += Vector512.Load(to + Vector512<int>.Count);
        }

        wide0.Store(to);
        wide1.Store(to + Vector512<int>.Count);
    }
}
