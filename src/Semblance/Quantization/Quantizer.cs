using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Vectors to bytes and back, as <c>quantize_embeddings</c> of sentence-transformers does it: a value is floored to its step, and one beyond its
/// range is stored as the range's end. Int8 is uint8 less 128. Immutable, and safe for all threads.
/// </summary>
public sealed class Quantizer
{
    private const int Steps = 255;

    private readonly float[] _starts = [];
    private readonly float[] _steps = [];
    private readonly float[] _origins = [];

    /// <summary>Makes a quantizer.</summary>
    /// <param name="precision">Any but <see cref="Precision.Float32"/>.</param>
    /// <param name="dimension">The number of elements of a vector.</param>
    /// <param name="ranges">The range of each element; needed for <see cref="Precision.Int8"/> and <see cref="Precision.UInt8"/> only.</param>
    /// <exception cref="ArgumentException">
    /// The precision needs ranges and there are none, or they are of other vectors, or of fewer than <see cref="QuantizationRanges.FewestVectors"/>.
    /// </exception>
    public Quantizer(Precision precision, int dimension, QuantizationRanges? ranges = null)
    {
        if (precision == Precision.Float32 || !Enum.IsDefined(precision))
        {
            throw new ArgumentOutOfRangeException(nameof(precision), precision, "Float16, Int8, UInt8, Binary and UBinary are quantized.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Precision = precision;
        Dimension = dimension;
        if (NeedsRanges(precision))
        {
            ArgumentNullException.ThrowIfNull(ranges);
            if (ranges.Count < QuantizationRanges.FewestVectors || ranges.Smallest.Length != dimension)
            {
                throw new ArgumentException($"Ranges of {ranges.Count} vectors of {ranges.Smallest.Length} elements do not serve for vectors of {dimension}; give ranges of {QuantizationRanges.EnoughVectors} such vectors or more.", nameof(ranges));
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

    /// <summary>How the elements are stored.</summary>
    public Precision Precision { get; }

    /// <summary>The number of elements of a vector.</summary>
    public int Dimension { get; }

    /// <summary>The ranges of <see cref="Precision.Int8"/> and <see cref="Precision.UInt8"/>; null for the others.</summary>
    public QuantizationRanges? Ranges { get; }

    /// <summary>The number of stored elements of a vector.</summary>
    public int Columns => ColumnsOf(Precision, Dimension);

    /// <summary>The number of bytes of a stored vector.</summary>
    public int ByteCount => Precision == Precision.Float16 ? 2 * Dimension : Columns;

    /// <summary>What an int8 or uint8 element is restored as: its origin, plus its scale times the byte.</summary>
    internal ReadOnlySpan<float> Origins => _origins;

    /// <inheritdoc cref="Origins"/>
    internal ReadOnlySpan<float> Scales => _steps;

    /// <summary>Whether a precision needs <see cref="QuantizationRanges"/>.</summary>
    public static bool NeedsRanges(Precision precision) => precision is Precision.Int8 or Precision.UInt8;

    /// <summary>The number of stored elements of a vector: one for eight where one bit is kept, else as many as it has.</summary>
    public static int ColumnsOf(Precision precision, int dimension) => precision is Precision.Binary or Precision.UBinary ? (dimension + 7) / 8 : dimension;

    /// <summary>Stores a vector.</summary>
    /// <param name="vector"><see cref="Dimension"/> elements.</param>
    /// <param name="stored">Receives <see cref="ByteCount"/> bytes; those of <see cref="Precision.Int8"/> and <see cref="Precision.Binary"/> are signed.</param>
    /// <exception cref="ArgumentException">A length is another, an element is not a finite number, or one is beyond float16.</exception>
    public void Quantize(ReadOnlySpan<float> vector, Span<byte> stored) => Quantize(vector, stored, null);

    /// <summary>Stores a vector that is a row among others.</summary>
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
                    throw new ArgumentException($"The value {largest} of {Name(row)} is beyond float16's largest, 65504; store the vectors as float32.", nameof(vector));
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

    /// <summary>Restores a vector, as far as it was stored: the middle of its steps, or −1 and 1 where one bit was kept.</summary>
    /// <param name="stored"><see cref="ByteCount"/> bytes.</param>
    /// <param name="vector">Receives <see cref="Dimension"/> elements.</param>
    /// <exception cref="ArgumentException">A length is another.</exception>
    public void Restore(ReadOnlySpan<byte> stored, Span<float> vector)
    {
        Check(vector.Length, stored.Length);
        switch (Precision)
        {
            case Precision.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(stored), vector);
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

    /// <summary>What is left of vectors once they were stored: to see what a precision costs.</summary>
    /// <param name="vectors"><c>[vectors × dimension]</c>.</param>
    /// <returns><c>[vectors × dimension]</c>.</returns>
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
        // NaN is the largest of all.
        if (!vector.IsEmpty && !float.IsFinite(TensorPrimitives.MaxMagnitude(vector)))
        {
            var element = 0;
            while (float.IsFinite(vector[element]))
            {
                element++;
            }

            throw new ArgumentException($"Element {element} of {Name(row)} is {vector[element]}, which is no finite number; leave the vector out, or find what made it so.", parameter);
        }
    }

    // Sixteen at a time.
    private void RestoreSigned(ReadOnlySpan<byte> stored, Span<float> vector)
    {
        var i = 0;
        for (; i <= vector.Length - 16; i += 16)
        {
            Restore(Vector512.WidenLower(Vector512.WidenLower(Vector128.Create(stored[i..]).AsSByte().ToVector256Unsafe().ToVector512Unsafe())), i, vector);
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
            Restore(Vector512.WidenLower(Vector512.WidenLower(Vector128.Create(stored[i..]).ToVector256Unsafe().ToVector512Unsafe())).AsInt32(), i, vector);
        }

        for (; i < vector.Length; i++)
        {
            vector[i] = MathF.FusedMultiplyAdd(stored[i], _steps[i], _origins[i]);
        }
    }

    private void Restore(Vector512<int> steps, int i, Span<float> vector) => Vector512.FusedMultiplyAdd(
        Vector512.ConvertToSingle(steps), Vector512.Create(_steps.AsSpan(i)), Vector512.Create(_origins.AsSpan(i))).CopyTo(vector[i..]);

    private static string Name(int? row) => row is null ? "a vector" : $"vector {row}";

    // What a byte of eight elements below zero is.
    private byte Zero => Precision == Precision.Binary ? (byte)0x80 : (byte)0;

    // An element that is the same everywhere has no steps.
    private float Step(float value, int element) => _steps[element] > 0 ? (value - _starts[element]) / _steps[element] : 0;

    private void Check(int elements, int bytes)
    {
        if (elements != Dimension || bytes != ByteCount)
        {
            throw new ArgumentException($"A vector of {elements} elements and {bytes} bytes was given; {Dimension} and {ByteCount} are needed.");
        }
    }
}
