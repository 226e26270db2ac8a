using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

            if (packed.HasPairs)
            {
                for (var k = 0; k < 2 * packed.Steps; k++)
                {
                    target[((nint)k / 2 * 2 * width) + (2 * column) + (k % 2)] = k < depth ? Round(values[k]) : (ushort)0;
                }

                continue;
            }

            // A lane has an element of the left register in its lower half and one of the right register in its upper half.
            var place = column < width / 2 ? 2 * column : (2 * (column - (width / 2))) + 1;
            for (var k = 0; k < depth; k++)
            {
                target[((nint)k * width) + place] = Round(values[k]);
            }
        }
    }

    /// <summary>
    /// Rounds as <see cref="Instructions.ILanes{TSelf}.RoundToBFloat16"/>; numbers that cannot be rounded are truncated, and NaN stays NaN.
    /// </summary>
    public static ushort Round(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return MathF.Abs(value) < BitConverter.UInt32BitsToSingle(0x7F7F8000) ? (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)
            : (ushort)((bits >> 16) | (float.IsNaN(value) ? 0x40u : 0));
    }

    /// <summary>Rounds sixteen numbers alike; each result is in the lower half of its lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Round(float* values)
    {
        var value = Vector512.Load(values);
        var bits = value.AsUInt32();
        var rounded = bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One);
        var kept = bits | (~Vector512.Equals(value, value).AsUInt32() & Vector512.Create(0x40_0000u));
        var finite = Vector512.LessThan(Vector512.Abs(value), Vector512.Create(0x7F7F8000u).AsSingle());
        return Vector512.ConditionalSelect(finite.AsUInt32(), rounded, kept) >>> 16;
    }
}
