using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>The smallest and the largest value of each element among some vectors: what int8 and uint8 divide into steps.</summary>
/// <param name="dimension">The number of elements of a vector.</param>
public sealed class QuantizationRanges(int dimension)
{
    /// <summary>From fewer vectors than this, ranges are a guess.</summary>
    public const int EnoughVectors = 100;

    private readonly float[] _smallest = Filled(dimension, float.PositiveInfinity);
    private readonly float[] _largest = Filled(dimension, float.NegativeInfinity);

    /// <summary>The smallest value of each element.</summary>
    public ReadOnlySpan<float> Smallest => _smallest;

    /// <summary>The largest value of each element.</summary>
    public ReadOnlySpan<float> Largest => _largest;

    /// <summary>The number of vectors seen.</summary>
    public int Count { get; private set; }

    /// <summary>The ranges of the rows of a matrix.</summary>
    /// <param name="vectors"><c>[vectors × dimension]</c>.</param>
    public static QuantizationRanges Of(Tensor vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        var ranges = new QuantizationRanges(vectors.Columns);
        for (var i = 0; i < vectors.Rows; i++)
        {
            ranges.Include(vectors.Row(i));
        }

        GC.KeepAlive(vectors);
        return ranges;
    }

    /// <summary>Widens the ranges to take in one more vector.</summary>
    /// <exception cref="ArgumentException">The vector has another number of elements.</exception>
    public void Include(ReadOnlySpan<float> vector)
    {
        TensorPrimitives.Min(_smallest, vector, _smallest);
        TensorPrimitives.Max(_largest, vector, _largest);
        Count++;
    }

    private static float[] Filled(int count, float value)
    {
        var values = new float[count];
        Array.Fill(values, value);
        return values;
    }
}
