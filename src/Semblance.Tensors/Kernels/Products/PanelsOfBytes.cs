using System.Runtime.CompilerServices;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Packs a quantized weight into panels of bytes, with the scales and sums of its rows, which are the columns of the product.
/// </summary>
internal sealed unsafe class PanelsOfBytes(QuantizedMatrix matrix, PackedMatrix packed)
{
    /// <summary>Packs one panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int panel)
    {
        int width = packed.PanelWidth, depth = packed.Depth, steps = packed.Steps;
        var target = packed.Panel(panel);
        for (var column = 0; column < width; column++)
        {
            var row = (panel * width) + column;
            var exists = row < matrix.Rows;
            var values = exists ? matrix.Values.Slice(row * depth, depth) : [];
            var sum = 0;
            for (var step = 0; step < steps; step++)
            {
                var lane = (sbyte*)(target + ((nint)step * width) + column);
                for (var i = 0; i < ByteElements.Depth; i++)
                {
                    var k = (step * ByteElements.Depth) + i;
                    lane[i] = k < values.Length ? values[k] : (sbyte)0;
                    sum += lane[i];
                }
            }

            packed.Scales[row] = exists ? matrix.Scales[row] : 0;
            packed.Sums[row] = sum;
        }
    }
}
