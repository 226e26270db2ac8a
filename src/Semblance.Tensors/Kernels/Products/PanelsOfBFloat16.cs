using System.Runtime.CompilerServices;

namespace Semblance.Tensors.Kernels;

/// <summary>Packs a weight, rounded to bfloat16, into panels.</summary>
internal sealed unsafe class PanelsOfBFloat16(PreparedMatrix matrix, PackedMatrix packed)
{
    /// <summary>Packs one panel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int panel)
    {
        int width = packed.PanelWidth, depth = packed.Depth;
        var target = (ushort*)packed.Panel(panel);
        var values = new float[depth];
        for (var column = 0; column < width; column++)
        {
            var row = (panel * width) + column;
            if (row < matrix.Rows)
            {
                matrix.CopyRow(row, values);
            }
            else
            {
                values.AsSpan().Clear();
            }

            // A lane has an element of the left register in its lower half and one of the right register in its upper half.
            var place = column < width / 2 ? 2 * column : (2 * (column - (width / 2))) + 1;
            for (var k = 0; k < depth; k++)
            {
                target[((nint)k * width) + place] = Round(values[k]);
            }
        }
    }

    // As ILanes.RoundToBFloat16; numbers that cannot be rounded are truncated, and NaN stays NaN.
    private static ushort Round(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return MathF.Abs(value) < BitConverter.UInt32BitsToSingle(0x7F7F8000) ? (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)
            : (ushort)((bits >> 16) | (float.IsNaN(value) ? 0x40u : 0));
    }
}
