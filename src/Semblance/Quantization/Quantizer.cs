using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Converts vectors to stored bytes and back, as <c>quantize_embeddings</c> of sentence-transformers does: a value is rounded down to its
/// step, and a value outside its range is stored as the end of the range. Int8 is uint8 minus 128. Immutable and thread-safe.
/// </summary>
public sealed class Quantizer
{
    private const int Steps = 255;

    private readonly float[] _starts = [];
    private readonly float[] _steps = [];
    private readonly float[] _origins = [];

    /// <summary>Initializes a new instance of the <see cref="Quantizer"/> class.</summary>
    /// <param name="precision">The precision, any but <see cref="Precision.Float32"/>.</param>
    /// <param name="dimension">The number of elements of a vector.</param>
    /// <param name="ranges">
    /// The range of each element; required for <see cref="Precision.Int8"/> and <see cref="Precision.UInt8"/>, unused for others.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The precision needs ranges and there are none, or they have another dimension, or are of fewer than
    /// <see cref="QuantizationRanges.FewestVectors"/> vectors.
    /// </exception>
    public Quantizer(Precision precision, int dimension, QuantizationRanges? ranges = null)
    {
        if (precision == Precision.Float32 || !Enum.IsDefined(precision))
        {
            throw new ArgumentOutOfRangeException(
                nameof(precision), precision, "Float16, BFloat16, Int8, UInt8, Binary and UBinary are quantized.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Precision = precision;
        Dimension = dimension;
        if (NeedsRanges(precision))
        {
            ArgumentNullException.ThrowIfNull(ranges);
            if (ranges.Count < QuantizationRanges.FewestVectors || ranges.Smallest.Length != dimension)
            {
                throw new ArgumentException($"Ranges of {ranges.Count} vectors of {ranges.Smallest.Length} elements cannot be used for "
                    + $"vectors of {dimension}; give ranges of {QuantizationRanges.EnoughVectors} such vectors or more.", nameof(ranges));
            }

            Ranges = ranges;
            _starts = ranges.Smallest.ToArray();
            _steps = new float[dimension];
            _origins = new float[dimension];
            for (var i = 0; i < dimension; i++)
            {
                _steps[i] = (ranges.Largest[i] - _starts[i]) / Steps;
                _origins[i] = _starts[i] + ((precision == Precision.Int8 ? 128.5f : 0.5f) * _steps[i]);
            }
        }
    }

    /// <summary>Gets the precision.</summary>
    public Precision Precision { get; }

    /// <summary>Gets the number of elements of a vector.</summary>
    public int Dimension { get; }

    /// <summary>Gets the ranges of <see cref="Precision.Int8"/> and <see cref="Precision.UInt8"/>; null for other precisions.</summary>
    public QuantizationRanges? Ranges { get; }

    /// <summary>Gets the number of stored elements of a vector.</summary>
    public int Columns => ColumnsOf(Precision, Dimension);

    /// <summary>Gets the number of bytes of a stored vector.</summary>
    public int ByteCount => Precision is Precision.Float16 or Precision.BFloat16 ? 2 * Dimension : Columns;

    /// <summary>Gets the numbers that restore int8 and uint8 elements: the origin of the element, plus its scale times the byte.</summary>
    internal ReadOnlySpan<float> Origins => _origins;

    /// <inheritdoc cref="Origins"/>
    internal ReadOnlySpan<float> Scales => _steps;

    /// <summary>Returns a value that indicates whether a precision needs <see cref="QuantizationRanges"/>.</summary>
    public static bool NeedsRanges(Precision precision) => precision is Precision.Int8 or Precision.UInt8;

    /// <summary>Returns the number of stored elements of a vector: one for eight elements of one bit; otherwise, the dimension.</summary>
    public static int ColumnsOf(Precision precision, int dimension) =>
        precision is Precision.Binary or Precision.UBinary ? (dimension + 7) / 8 : dimension;

    /// <summary>Quantizes a vector.</summary>
    /// <param name="vector">The vector, <see cref="Dimension"/> elements.</param>
    /// <param name="stored">
    /// Receives <see cref="ByteCount"/> bytes; those of <see cref="Precision.Int8"/> and <see cref="Precision.Binary"/> are signed.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A length is wrong, or an element is not a finite number or out of the range of float16 or bfloat16.
    /// </exception>
    public void Quantize(ReadOnlySpan<float> vector, Span<byte> stored) => Quantize(vector, stored, null);

    /// <summary>Quantizes a vector that is a row of a matrix.</summary>
    internal void Quantize(ReadOnlySpan<float> vector, Span<byte> stored, int? row)
    {
        Check(vector.Length, stored.Length);
        CheckFinite(vector, nameof(vector), row);
        switch (Precision)
        {
            case Precision.Float16:
                var halves = MemoryMarshal.Cast<byte, Half>(stored);
                TensorPrimitives.ConvertToHalf(vector, halves);
                if (TensorPrimitives.MaxMagnitude(vector) is var largest && float.Abs(largest) >= 65520) // rounds to infinity
                {
                    throw new ArgumentException(
                        $"The value {largest} of {Name(row)} is beyond float16's largest, 65504; store the vectors as float32.",
                        nameof(vector));
                }

                break;
            case Precision.BFloat16:
                BFloat16Bits.Narrow(vector, MemoryMarshal.Cast<byte, ushort>(stored));
                if (TensorPrimitives.MaxMagnitude(vector) is var most && float.Abs(most) >= 3.3961775e38f) // rounds to infinity
                {
                    throw new ArgumentException(
                        $"The value {most} of {Name(row)} is beyond bfloat16's largest, 3.39e38; store the vectors as float32.",
                        nameof(vector));
                }

                break;
            case Precision.Int8:
                for (var i = 0; i < vector.Length; i++)
                {
                    stored[i] = (byte)(sbyte)(Math.Clamp(MathF.Floor(Step(vector[i], i)), 0, Steps) - 128);
                }

                break;
            case Precision.UInt8:
                for (var i = 0; i < vector.Length; i++)
                {
                    stored[i] = (byte)Math.Clamp(Step(vector[i], i), 0, 255);
                }

                break;
            default:
                stored.Fill(Zero);
                for (var i = 0; i < vector.Length; i++)
                {
                    stored[i / 8] ^= (byte)(vector[i] > 0 ? 0x80 >> (i % 8) : 0);
                }

                break;
        }
    }

    /// <summary>Restores a vector approximately: the middle of each step, or −1 and 1 for one bit.</summary>
    /// <param name="stored">The stored vector, <see cref="ByteCount"/> bytes.</param>
    /// <param name="vector">Receives <see cref="Dimension"/> elements.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void Restore(ReadOnlySpan<byte> stored, Span<float> vector)
    {
        Check(vector.Length, stored.Length);
        switch (Precision)
        {
            case Precision.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(stored), vector);
                break;
            case Precision.BFloat16:
                BFloat16Bits.Widen(MemoryMarshal.Cast<byte, ushort>(stored), vector);
                break;
            case Precision.Int8:
                RestoreSigned(stored, vector);
                break;
            case Precision.UInt8:
                RestoreUnsigned(stored, vector);
                break;
            default:
                for (var i = 0; i < vector.Length; i++)
                {
                    vector[i] = ((stored[i / 8] ^ Zero) & (0x80 >> (i % 8))) != 0 ? 1 : -1;
                }

                break;
        }
    }

    /// <summary>Quantizes and restores vectors, to measure the loss of a precision.</summary>
    /// <param name="vectors">The vectors, <c>[vectors × dimension]</c>.</param>
    /// <returns>The restored vectors, <c>[vectors × dimension]</c>.</returns>
    public Tensor Restored(Tensor vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        var restored = Tensor.Zeros(vectors.Rows, vectors.Columns);
        var stored = new byte[ByteCount];
        for (var i = 0; i < vectors.Rows; i++)
        {
            Quantize(vectors.Row(i), stored, i);
            Restore(stored, restored.Writable.Slice(i * Dimension, Dimension));
        }

        return restored;
    }

    /// <summary>Throws unless all elements are finite numbers.</summary>
    internal static void CheckFinite(ReadOnlySpan<float> vector, string parameter, int? row = null)
    {
        // NaN counts as the largest.
        if (!vector.IsEmpty && !float.IsFinite(TensorPrimitives.MaxMagnitude(vector)))
        {
            var element = 0;
            while (float.IsFinite(vector[element]))
            {
                element++;
            }

            throw new ArgumentException($"Element {element} of {Name(row)} is {vector[element]}, which is not a finite number; leave the "
                + "vector out, or check the model that computed it.", parameter);
        }
    }

    // Sixteen elements at a time.
    private void RestoreSigned(ReadOnlySpan<byte> stored, Span<float> vector)
    {
        var i = 0;
        for (; i <= vector.Length - 16; i += 16)
        {
            Restore(Vector512.WidenLower(
                Vector512.WidenLower(Vector128.Create(stored[i..]).AsSByte().ToVector256Unsafe().ToVector512Unsafe())), i, vector);
        }

        for (; i < vector.Length; i++)
        {
            vector[i] = MathF.FusedMultiplyAdd((sbyte)stored[i], _steps[i], _origins[i]);
        }
    }

    private void RestoreUnsigned(ReadOnlySpan<byte> stored, Span<float> vector)
    {
        var i = 0;
        for (; i <= vector.Length - 16; i += 16)
        {
            Restore(Vector512.WidenLower(Vector512.WidenLower(Vector128.Create(stored[i..]).ToVector256Unsafe().ToVector512Unsafe()))
                .AsInt32(), i, vector);
        }

        for (; i < vector.Length; i++)
        {
            vector[i] = MathF.FusedMultiplyAdd(stored[i], _steps[i], _origins[i]);
        }
    }

    private void Restore(Vector512<int> steps, int i, Span<float> vector) => Vector512.FusedMultiplyAdd(
        Vector512.ConvertToSingle(steps), Vector512.Create(_steps.AsSpan(i)), Vector512.Create(_origins.AsSpan(i))).CopyTo(vector[i..]);

    private static string Name(int? row) => row is null ? "a vector" : $"vector {row}";

    // The byte of eight elements that are not greater than zero.
    private byte Zero => Precision == Precision.Binary ? (byte)0x80 : (byte)0;

    // An element with one value in all vectors has no steps.
    private float Step(float value, int element) => _steps[element] > 0 ? (value - _starts[element]) / _steps[element] : 0;

    private void Check(int elements, int bytes)
    {
        if (elements != Dimension || bytes != ByteCount)
        {
            throw new ArgumentException(
                $"A vector of {elements} elements and {bytes} bytes was given; {Dimension} and {ByteCount} are needed.");
        }
    }
}
