using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Converts the integer sums of a product of bytes to floats.</summary>
internal static unsafe class ByteSums<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Replaces each sum by (sum − zero point · sum of the column) · scale of the row · scale of the column.</summary>
    /// <param name="sums">The sums, in rows of two registers.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="rowScales">The scale and the zero point of each row.</param>
    /// <param name="panels">The panels.</param>
    /// <param name="column">The first column of the panel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* sums, int rows, float* rowScales, PackedMatrix panels, int column)
    {
        TLanes scaleLeft = TLanes.Load(panels.Scales + column), scaleRight = TLanes.Load(panels.Scales + column + TLanes.Count);
        var columnSums = (float*)(panels.Sums + column);
        TLanes sumLeft = TLanes.Load(columnSums), sumRight = TLanes.Load(columnSums + TLanes.Count);
        for (var row = 0; row < rows; row++, sums += 2 * TLanes.Count, rowScales += 2)
        {
            TLanes scale = TLanes.Broadcast(rowScales[0]), zero = TLanes.Broadcast(rowScales[1]);
            (TLanes.SubtractProduct(TLanes.Load(sums), zero, sumLeft) * (scale * scaleLeft)).Store(sums);
            (TLanes.SubtractProduct(TLanes.Load(sums + TLanes.Count), zero, sumRight) * (scale * scaleRight)).Store(sums + TLanes.Count);
        }
    }
}
