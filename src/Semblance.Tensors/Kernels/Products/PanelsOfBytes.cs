using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
            var lane = target + column;
            var whole = values.Length / ByteElements.Depth;
            var fours = MemoryMarshal.Cast<sbyte, int>(values[..(whole * ByteElements.Depth)]);
            for (var step = 0; step < whole; step++)
            {
                *(int*)(lane + ((nint)step * width)) = fours[step];
            }

            for (var step = whole; step < steps; step++)
            {
                var rest = new Span<sbyte>(lane + ((nint)step * width), ByteElements.Depth);
                rest.Clear();
                values[Math.Min(values.Length, step * ByteElements.Depth)..].CopyTo(rest);
            }

            var sum = 0;
            foreach (var value in values)
            {
                sum += value;
            }

            packed.Scales[row] = exists ? matrix.Scales[row] : 0;
            packed.Sums[row] = sum;
        }
    }
}
