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

    private PackedMatrix(float[] memory, float* panels, int depth, int columns, int panelWidth)
    {
        _memory = memory;
        Panels = panels;
        Depth = depth;
        Columns = columns;
        PanelWidth = panelWidth;
    }

    public float* Panels { get; }

    /// <summary>The length of the sums.</summary>
    public int Depth { get; }

    /// <summary>The width of the product.</summary>
    public int Columns { get; }

    public int PanelWidth { get; }

    public int PanelCount => (Columns + PanelWidth - 1) / PanelWidth;

    /// <summary>Packs a weight <c>[columns × depth]</c>.</summary>
    public static PackedMatrix Pack(Tensor weight, InstructionSet set)
    {
        var width = PanelWidthOf(set);
        int depth = weight.Columns, columns = weight.Rows;
        var panelCount = (columns + width - 1) / width;
        var memory = Tensor.AlignedMemory(checked(panelCount * width * depth), out var panels);
        var source = weight.Data;
        Workers.Shared.For(panelCount, int.MaxValue, panel => PackTransposed(
            source + ((nint)panel * width * depth), depth, Math.Min(width, columns - (panel * width)), depth, panels + ((nint)panel * width * depth), width));
        GC.KeepAlive(weight);
        return new PackedMatrix(memory, panels, depth, columns, width);
    }

    /// <summary>How wide a panel is: two registers.</summary>
    public static int PanelWidthOf(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => 2 * Lanes512.Count,
        InstructionSet.Avx2 => 2 * Lanes256.Count,
        InstructionSet.AdvSimd => 2 * Lanes128.Count,
        _ => 2 * LanesPortable.Count,
    };

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
