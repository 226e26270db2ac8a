using System.Runtime.InteropServices;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// The small forms of vectors that a search walks over: int8 in steps of a 127th of the vector's own largest magnitude, so that nothing needs calibration, or
/// the signs. Unlike those of <see cref="Quantizer"/>, products of int8 codes are products of the vectors, up to a factor.
/// </summary>
internal static class VectorCodes
{
    /// <summary>How many bytes a distance reads, before what an int8 code has behind them.</summary>
    public static int Length(Precision precision, int dimension) => precision == Precision.Int8 ? (dimension + 63) & ~63 : (dimension + 63) / 64 * 8;

    /// <summary>How many bytes a code takes.</summary>
    public static int Stride(Precision precision, int dimension) => precision == Precision.Int8 ? Length(precision, dimension) + 64 : Length(precision, dimension);

    /// <summary>Writes the code of a vector.</summary>
    /// <param name="precision"><see cref="Precision.Int8"/> or <see cref="Precision.Binary"/>.</param>
    /// <param name="vector">The vector.</param>
    /// <param name="code">Receives <see cref="Stride"/> bytes.</param>
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
