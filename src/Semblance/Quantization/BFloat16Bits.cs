using System.Runtime.InteropServices;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>Converts between float32 and the bits of bfloat16, which are the upper half of those of a float32.</summary>
internal static class BFloat16Bits
{
    /// <summary>Rounds numbers to the nearest bfloat16, ties to even; a number beyond the range becomes infinite.</summary>
    /// <param name="numbers">The numbers, none of which is NaN.</param>
    /// <param name="bits">Receives the bits of each number.</param>
    public static void Narrow(ReadOnlySpan<float> numbers, Span<ushort> bits)
    {
        const uint HalfBit = 0x7FFF;
        for (var i = 0; i < numbers.Length; i++)
        {
            var number = BitConverter.SingleToUInt32Bits(numbers[i]);
            bits[i] = (ushort)((number + HalfBit + ((number >> 16) & 1)) >> 16);
        }
    }

    /// <summary>Returns numbers as float32, exactly.</summary>
    /// <param name="bits">The bits of the numbers.</param>
    /// <param name="numbers">Receives the numbers.</param>
    public static void Widen(ReadOnlySpan<ushort> bits, Span<float> numbers)
    {
        var wide = MemoryMarshal.Cast<float, uint>(numbers[..bits.Length]);
        TensorPrimitives.ConvertTruncating(bits, wide);
        TensorPrimitives.ShiftLeft(wide, 16, wide);
    }
}
