using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Vectors to bytes and back, as <c>quantize_embeddings</c> of sentence-transformers does it; but a value beyond its
/// range is stored as the range's end, where NumPy's cast wraps around. Immutable, and safe for all threads.
/// </summary>
public sealed class Quantizer
{
    private const int Steps = 255;

    private readonly float[] _starts;
    private readonly float[] _steps;

    /// <summary>Makes a quantizer.</summary>
    /// <param name="precision">Any but <see cref="Precision.Float32"/>.</param>
    /// <param name="dimension">The number of elements of a vector.</param>
    /// <param name="ranges">The range of each element; needed for <see cref="Precision.Int8"/> and <see cref="Precision.UInt8"/> only.</param>
    /// <exception cref="ArgumentException">The precision needs ranges and there are none, or they are of other vectors.</exception>
    public Quantizer(Precision precision, int dimension, QuantizationRanges? ranges = null)
    {
        if (precision == Precision.Float32 || !Enum.IsDefined(precision))
        {
            throw new ArgumentOutOfRangeException(nameof(precision), precision, "Int8, UInt8, Binary and UBinary are quantized.");
        }

        Precision = precision;
        Dimension = dimension;
        _starts = _steps = [];
        if (NeedsRanges(precision))
        {
            ArgumentNullException.ThrowIfNull(ranges);
            if (ranges.Count == 0 || ranges.Smallest.Length != dimension)
            {
                throw new ArgumentException($"Ranges of {ranges.Count} vectors of {ranges.Smallest.Length} elements do not serve for vectors of {dimension}.", nameof(ranges));
            }

            _starts = ranges.Smallest.ToArray();
            _steps = new float[dimension];
            for (var i = 0; i < dimension; i++)
            {
                _steps[i] = (ranges.Largest[i] - _starts[i]) / Steps;
            }
        }
    }

    /// <summary>How the elements are stored.</summary>
    public Precision Precision { get; }

    /// <summary>The number of elements of a vector.</summary>
    public int Dimension { get; }

    /// <summary>The number of bytes of a stored vector.</summary>
    public int Columns => ColumnsOf(Precision, Dimension);

    /// <summary>Whether a precision needs <see cref="QuantizationRanges"/>.</summary>
    public static bool NeedsRanges(Precision precision) => precision is Precision.Int8 or Precision.UInt8;

    /// <summary>The number of stored elements of a vector: one for eight where one bit is kept, else as many as it has.</summary>
    public static int ColumnsOf(Precision precision, int dimension) => precision is Precision.Binary or Precision.UBinary ? (dimension + 7) / 8 : dimension;

    /// <summary>Stores a vector.</summary>
    /// <param name="vector"><see cref="Dimension"/> elements.</param>
    /// <param name="stored">Receives <see cref="Columns"/> bytes; those of <see cref="Precision.Int8"/> and <see cref="Precision.Binary"/> are signed.</param>
    /// <exception cref="ArgumentException">A length is another.</exception>
    public void Quantize(ReadOnlySpan<float> vector, Span<byte> stored)
    {
        Check(vector.Length, stored.Length);
        switch (Precision)
        {
            case Precision.Int8:
                for (var i = 0; i < vector.Length; i++)
                {
                    stored[i] = (byte)(sbyte)Math.Clamp(Step(vector[i], i) - 128, -128, 127); // rounds towards zero
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
    /// <param name="stored"><see cref="Columns"/> bytes.</param>
    /// <param name="vector">Receives <see cref="Dimension"/> elements.</param>
    /// <exception cref="ArgumentException">A length is another.</exception>
    public void Restore(ReadOnlySpan<byte> stored, Span<float> vector)
    {
        Check(vector.Length, stored.Length);
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = Precision switch
            {
                Precision.Int8 => _starts[i] + (((sbyte)stored[i] + Math.Sign((sbyte)stored[i]) * 0.5f + 128) * _steps[i]),
                Precision.UInt8 => _starts[i] + ((stored[i] + 0.5f) * _steps[i]),
                _ => ((stored[i / 8] ^ Zero) & (0x80 >> (i % 8))) != 0 ? 1 : -1,
            };
        }
    }

    /// <summary>What is left of vectors once they were stored: to see what a precision costs.</summary>
    /// <param name="vectors"><c>[vectors × dimension]</c>.</param>
    /// <returns><c>[vectors × dimension]</c>.</returns>
    public Tensor Restored(Tensor vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        var restored = Tensor.Zeros(vectors.Rows, vectors.Columns);
        var stored = new byte[Columns];
        for (var i = 0; i < vectors.Rows; i++)
        {
            Quantize(vectors.Row(i), stored);
            Restore(stored, restored.Writable.Slice(i * Dimension, Dimension));
        }

        GC.KeepAlive(vectors);
        return restored;
    }

    // What a byte of eight elements below zero is.
    private byte Zero => Precision == Precision.Binary ? (byte)0x80 : (byte)0;

    // An element that is the same everywhere has no steps.
    private float Step(float value, int element) => _steps[element] > 0 ? (value - _starts[element]) / _steps[element] : 0;

    private void Check(int elements, int bytes)
    {
        if (elements != Dimension || bytes != Columns)
        {
            throw new ArgumentException($"A vector of {elements} elements and {bytes} bytes was given; {Dimension} and {Columns} are needed.");
        }
    }
}
