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
/// Four consecutive bytes of each of the 64 rows lie together, so that a register holds them for 8 or 16 rows, and each of its 32-bit sums
/// belongs to one row. On AVX2 and AVX-512, two such registers times their weights are added in 16 bits before they are widened, which the
/// limit of the weights allows.
/// </remarks>
public sealed unsafe class ByteBlock
{
    /// <summary>The maximum number of rows.</summary>
    public const int Rows = 64;

    /// <summary>The largest magnitude of a weight: four products with a byte fit 16 bits.</summary>
    public const int LargestWeight = 32;

    private const int Group = 4; // bytes of a row that lie together
    private const int Step = 2 * Group;
    private const int Together = 4; // vectors of weights

    private readonly byte[] _memory;
    private readonly byte* _bytes; // [columns / 4 × rows × 4]

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

    private int Padded => (Columns + Step - 1) / Step * Step;

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
            var to = _bytes + (row * Group);
            var i = 0;
            for (; i <= Columns - Group; i += Group, to += Rows * Group)
            {
                *(uint*)to = Unsafe.ReadUnaligned<uint>(in from[i]) ^ flips;
            }

            for (; i < Columns; i++)
            {
                to[i % Group] = (byte)(from[i] ^ flip);
            }
        }
    }

    /// <summary>Multiplies the rows with vectors of weights, on the calling thread. Each sum must fit 32 bits.</summary>
    /// <param name="weights">
    /// The vectors, one after another: a weight for each byte of a row, from −<see cref="LargestWeight"/> to <see cref="LargestWeight"/>,
    /// padded with zeros to a multiple of <see cref="ByteProducts.Padding"/>.
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
            // The last vectors that are fewer than four are multiplied alone, four times.
            var vector = 0;
            for (; vector <= count - Together; vector += Together)
            {
                Multiply(set, factors + ((nint)vector * width), width, sums + (vector * Rows), Rows);
            }

            for (; vector < count; vector++)
            {
                Multiply(set, factors + ((nint)vector * width), 0, sums + (vector * Rows), 0);
            }
        }

        GC.KeepAlive(this);
    }

    private void Multiply(InstructionSet set, sbyte* weights, int width, int* sums, int stride)
    {
        if (set == InstructionSet.Avx512 && Avx512BW.IsSupported)
        {
            Multiply512(_bytes, Padded, weights, width, sums, stride);
        }
        else if (set is InstructionSet.Avx512 or InstructionSet.Avx2 && Avx2.IsSupported)
        {
            Multiply256(_bytes, Padded, weights, width, sums, stride);
        }
        else if (set == InstructionSet.AdvSimd && Dp.IsSupported)
        {
            MultiplyArm(_bytes, Padded, weights, width, sums, stride);
        }
        else
        {
            MultiplyPortable(_bytes, Padded, weights, width, sums, stride);
        }
    }

    // The reference.
    private static void MultiplyPortable(byte* bytes, int columns, sbyte* weights, int width, int* sums, int stride)
    {
        for (var vector = 0; vector < Together; vector++, weights += width, sums += stride)
        {
            new Span<int>(sums, Rows).Clear();
            for (var i = 0; i < columns; i += Group)
            {
                for (var row = 0; row < Rows; row++)
                {
                    var four = bytes + (i * Rows) + (row * Group);
                    sums[row] += (weights[i] * four[0]) + (weights[i + 1] * four[1]) + (weights[i + 2] * four[2]) + (weights[i + 3] * four[3]);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply256(byte* bytes, int columns, sbyte* weights, int width, int* sums, int stride)
    {
        const int Lanes = 8;
        for (var row = 0; row < Rows; row += 2 * Lanes)
        {
            Vector256<int> a0 = default, a1 = default, b0 = default, b1 = default;
            Vector256<int> c0 = default, c1 = default, d0 = default, d1 = default;
            var from = bytes + (row * Group);
            for (var i = 0; i < columns; i += Step, from += Step * Rows)
            {
                var (first0, second0) = (Vector256.LoadAligned(from), Vector256.LoadAligned(from + (Group * Rows)));
                var (first1, second1) = (Vector256.LoadAligned(from + 32), Vector256.LoadAligned(from + (Group * Rows) + 32));
                var w = weights + i;
                a0 += Products(first0, second0, w);
                a1 += Products(first1, second1, w);
                w += width;
                b0 += Products(first0, second0, w);
                b1 += Products(first1, second1, w);
                w += width;
                c0 += Products(first0, second0, w);
                c1 += Products(first1, second1, w);
                w += width;
                d0 += Products(first0, second0, w);
                d1 += Products(first1, second1, w);
            }

            var to = sums + row;
            a0.Store(to);
            a1.Store(to + Lanes);
            b0.Store(to + stride);
            b1.Store(to + stride + Lanes);
            c0.Store(to + (2 * stride));
            c1.Store(to + (2 * stride) + Lanes);
            d0.Store(to + (3 * stride));
            d1.Store(to + (3 * stride) + Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply512(byte* bytes, int columns, sbyte* weights, int width, int* sums, int stride)
    {
        const int Lanes = 16;
        for (var row = 0; row < Rows; row += 2 * Lanes)
        {
            Vector512<int> a0 = default, a1 = default, b0 = default, b1 = default;
            Vector512<int> c0 = default, c1 = default, d0 = default, d1 = default;
            var from = bytes + (row * Group);
            for (var i = 0; i < columns; i += Step, from += Step * Rows)
            {
                var (first0, second0) = (Vector512.LoadAligned(from), Vector512.LoadAligned(from + (Group * Rows)));
                var (first1, second1) = (Vector512.LoadAligned(from + 64), Vector512.LoadAligned(from + (Group * Rows) + 64));
                var w = weights + i;
                a0 += Products(first0, second0, w);
                a1 += Products(first1, second1, w);
                w += width;
                b0 += Products(first0, second0, w);
                b1 += Products(first1, second1, w);
                w += width;
                c0 += Products(first0, second0, w);
                c1 += Products(first1, second1, w);
                w += width;
                d0 += Products(first0, second0, w);
                d1 += Products(first1, second1, w);
            }

            var to = sums + row;
            a0.Store(to);
            a1.Store(to + Lanes);
            b0.Store(to + stride);
            b1.Store(to + stride + Lanes);
            c0.Store(to + (2 * stride));
            c1.Store(to + (2 * stride) + Lanes);
            d0.Store(to + (3 * stride));
            d1.Store(to + (3 * stride) + Lanes);
        }
    }

    // The instruction multiplies signed bytes: 128 is subtracted from each, and 128 Σ wᵢ added to the sum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyArm(byte* bytes, int columns, sbyte* weights, int width, int* sums, int stride)
    {
        const int Lanes = 4;
        var middle = Vector128.Create((byte)0x80);
        for (var vector = 0; vector < Together; vector++, weights += width, sums += stride)
        {
            var excess = Vector128<int>.Zero;
            for (var i = 0; i < columns; i += Group)
            {
                excess = Dp.DotProduct(excess, Vector128.Create(*(int*)(weights + i)).AsSByte(), Vector128<sbyte>.One);
            }

            excess <<= 7;
            for (var row = 0; row < Rows; row += 4 * Lanes)
            {
                Vector128<int> a = excess, b = excess, c = excess, d = excess;
                var from = bytes + (row * Group);
                for (var i = 0; i < columns; i += Group, from += Group * Rows)
                {
                    var w = Vector128.Create(*(int*)(weights + i)).AsSByte();
                    a = Dp.DotProduct(a, (Vector128.Load(from) ^ middle).AsSByte(), w);
                    b = Dp.DotProduct(b, (Vector128.Load(from + 16) ^ middle).AsSByte(), w);
                    c = Dp.DotProduct(c, (Vector128.Load(from + 32) ^ middle).AsSByte(), w);
                    d = Dp.DotProduct(d, (Vector128.Load(from + 48) ^ middle).AsSByte(), w);
                }

                a.Store(sums + row);
                b.Store(sums + row + Lanes);
                c.Store(sums + row + (2 * Lanes));
                d.Store(sums + row + (3 * Lanes));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Products(Vector256<byte> first, Vector256<byte> second, sbyte* w) => Avx2.MultiplyAddAdjacent(
        Avx2.MultiplyAddAdjacent(first, Vector256.Create(*(int*)w).AsSByte())
        + Avx2.MultiplyAddAdjacent(second, Vector256.Create(*(int*)(w + Group)).AsSByte()),
        Vector256<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Products(Vector512<byte> first, Vector512<byte> second, sbyte* w) => Avx512BW.MultiplyAddAdjacent(
        Avx512BW.MultiplyAddAdjacent(first, Vector512.Create(*(int*)w).AsSByte())
        + Avx512BW.MultiplyAddAdjacent(second, Vector512.Create(*(int*)(w + Group)).AsSByte()),
        Vector512<short>.One);
}
