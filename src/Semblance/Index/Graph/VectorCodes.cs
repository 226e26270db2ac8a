using System.Runtime.InteropServices;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Provides the quantized vectors that a graph is searched with: int8 in steps of 1/127 of the vector's largest magnitude, which needs no
/// calibration, or the signs. Unlike those of <see cref="Quantizer"/>, dot products of int8 codes are dot products of the vectors, up to a
/// factor.
/// </summary>
internal static class VectorCodes
{
    /// <summary>Returns the number of bytes that a distance reads, without the trailer of an int8 code.</summary>
    public static int Length(Precision precision, int dimension) =>
        precision == Precision.Int8 ? (dimension + 63) & ~63 : (dimension + 63) / 64 * 8;

    /// <summary>Returns the number of bytes of a code.</summary>
    public static int Stride(Precision precision, int dimension) =>
        precision == Precision.Int8 ? Length(precision, dimension) + 64 : Length(precision, dimension);

    /// <summary>Computes the code of a vector.</summary>
    /// <param name="precision"><see cref="Precision.Int8"/> or <see cref="Precision.Binary"/>.</param>
    /// <param name="vector">The vector.</param>
    /// <param name="code">The buffer that receives <see cref="Stride"/> bytes.</param>
    public static void Write(Precision precision, ReadOnlySpan<float> vector, Span<byte> code)
    {
        code.Clear();
        if (precision == Precision.Binary)
        {
            for (var i = 0; i < vector.Length; i++)
            {
                code[i / 8] |= (byte)(vector[i] > 0 ? 1 << (i % 8) : 0);
            }

            return;
        }

        var step = TensorPrimitives.MaxMagnitude(vector) is var largest && float.Abs(largest) > 0 ? float.Abs(largest) / 127 : 1;
        for (var i = 0; i < vector.Length; i++)
        {
            code[i] = (byte)(sbyte)Math.Clamp(MathF.Round(vector[i] / step), -127, 127);
        }

        var behind = MemoryMarshal.Cast<byte, float>(code[Length(precision, vector.Length)..]);
        behind[0] = step;
        behind[1] = TensorPrimitives.SumOfSquares(vector);
    }
}
