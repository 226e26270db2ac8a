using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// The transpose of a weight in panels two registers wide: <c>[panel][depth][2 × lanes]</c>, the last panel filled up
/// with zeros. A tile of the product reads its panel from front to back.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    private readonly float[] _memory;

    private PackedMatrix(int depth, int columns, InstructionSet set, int version)
    {
        (Depth, Columns, PanelWidth, Version) = (depth, columns, PanelWidthOf(set), version);
        _memory = Tensor.AlignedMemory(checked(PanelCount * PanelWidth * depth), out var panels);
        Panels = panels;
    }

    public float* Panels { get; }

    /// <summary>The length of the sums.</summary>
    public int Depth { get; }

    /// <summary>The width of the product.</summary>
    public int Columns { get; }

    public int PanelWidth { get; }

    /// <summary>The version of the tensor that was packed.</summary>
    public int Version { get; }

    public int PanelCount => (Columns + PanelWidth - 1) / PanelWidth;

    /// <summary>Packs the transpose of a matrix <c>[columns × depth]</c>: a product with it is x · matrixᵀ.</summary>
    public static PackedMatrix Transpose(Tensor matrix, InstructionSet set)
    {
        var packed = new PackedMatrix(matrix.Columns, matrix.Rows, set, matrix.Version);
        var (source, width, depth) = ((nint)matrix.Data, packed.PanelWidth, packed.Depth);
        Workers.Shared.For(packed.PanelCount, int.MaxValue, panel => PackTransposed(
            (float*)source + ((nint)panel * width * depth), depth, Math.Min(width, packed.Columns - (panel * width)), depth, packed.Panel(panel), width));
        GC.KeepAlive(matrix);
        return packed;
    }

    /// <summary>Packs a matrix <c>[depth × columns]</c> as it is: a product with it is x · matrix.</summary>
    public static PackedMatrix Pack(Tensor matrix, InstructionSet set)
    {
        var packed = new PackedMatrix(matrix.Rows, matrix.Columns, set, matrix.Version);
        var (source, width) = ((nint)matrix.Data, packed.PanelWidth);
        Workers.Shared.For(packed.PanelCount, int.MaxValue, panel => PackRows(
            (float*)source + (panel * width), packed.Columns, Math.Min(width, packed.Columns - (panel * width)), packed.Depth, packed.Panel(panel), width));
        GC.KeepAlive(matrix);
        return packed;
    }

    /// <summary>How wide a panel is: two registers.</summary>
    public static int PanelWidthOf(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => 2 * Lanes512.Count,
        InstructionSet.Avx2 => 2 * Lanes256.Count,
        InstructionSet.AdvSimd => 2 * Lanes128.Count,
        _ => 2 * LanesPortable.Count,
    };

    /// <summary>The first float of a panel.</summary>
    public float* Panel(int index) => Panels + ((nint)index * PanelWidth * Depth);

    /// <summary>Writes some columns of <paramref name="depth"/> rows as one panel; the other columns become zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackRows(float* source, nint stride, int columns, int depth, float* panel, int width)
    {
        for (var k = 0; k < depth; k++, source += stride, panel += width)
        {
            var row = new Span<float>(panel, width);
            new ReadOnlySpan<float>(source, columns).CopyTo(row);
            row[columns..].Clear();
        }
    }

    /// <summary>Writes <paramref name="rows"/> rows of a matrix as the columns of one panel; the other columns become zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackTransposed(float* source, nint stride, int rows, int depth, float* panel, int width)
    {
        const int Block = 16; // one cache line of each row at a time
        for (var start = 0; start < depth; start += Block)
        {
            var end = Math.Min(depth, start + Block);
            for (var row = 0; row < rows; row++)
            {
                var from = source + (row * stride);
                for (var k = start; k < end; k++)
                {
                    panel[((nint)k * width) + row] = from[k];
                }
            }
        }

        for (var k = 0; k < depth && rows < width; k++)
        {
            new Span<float>(panel + ((nint)k * width) + rows, width - rows).Clear();
        }
    }
}
