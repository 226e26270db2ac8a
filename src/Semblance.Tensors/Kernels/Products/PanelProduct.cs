using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Computes products of small matrices inside one kernel: packs one side into panels, and multiplies with it.</summary>
internal static unsafe class PanelProduct<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    public static int Width => 2 * TLanes.Count;

    /// <summary>Returns a width rounded up to whole panels.</summary>
    public static int Padded(int columns) => (columns + Width - 1) / Width * Width;

    /// <summary>Packs the transpose of <c>[columns × depth]</c> into <c>depth × Padded(columns)</c> floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackTransposed(float* source, nint stride, int columns, int depth, float* panels)
    {
        for (var column = 0; column < columns; column += Width, panels += (nint)depth * Width)
        {
            PackedMatrix.PackTransposed(source + (column * stride), stride, Math.Min(Width, columns - column), depth, panels, Width);
        }
    }

    /// <summary>Packs <c>[depth × columns]</c> into <c>depth × Padded(columns)</c> floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(float* source, nint stride, int columns, int depth, float* panels)
    {
        var column = 0;
        for (; column <= columns - Width; column += Width)
        {
            var from = source + column;
            for (var k = 0; k < depth; k++, from += stride, panels += Width)
            {
                TLanes.Load(from).Store(panels);
                TLanes.Load(from + TLanes.Count).Store(panels + TLanes.Count);
            }
        }

        if (column < columns)
        {
            PackedMatrix.PackRows(source + column, stride, columns - column, depth, panels, Width);
        }
    }

    /// <summary>Computes c = a · panels, where the rows of c have room for whole panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyPadded(
        float* a, nint strideA, int rows, float* panels, int depth, float* c, nint strideC, int columns, nint stepA = 1)
    {
        for (var column = 0; column < columns; column += Width, panels += (nint)depth * Width)
        {
            TileColumn<TLanes>.Multiply(a, strideA, rows, panels, depth, c + column, strideC, stepA);
        }
    }

    /// <summary>
    /// Computes c = a · panels and writes only the columns of c; the edge has room for as many rows of one panel. The step is above 1 if a
    /// is transposed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(
        float* a, nint strideA, int rows, float* panels, int depth, float* c, nint strideC, int columns, float* edge, nint stepA = 1)
    {
        var whole = columns / Width * Width;
        MultiplyPadded(a, strideA, rows, panels, depth, c, strideC, whole, stepA);
        if (whole < columns)
        {
            TileColumn<TLanes>.Multiply(a, strideA, rows, panels + ((nint)whole * depth), depth, edge, Width, stepA);
            for (var i = 0; i < rows; i++)
            {
                new ReadOnlySpan<float>(edge + ((nint)i * Width), columns - whole)
                    .CopyTo(new Span<float>(c + (i * strideC) + whole, columns - whole));
            }
        }
    }
}
