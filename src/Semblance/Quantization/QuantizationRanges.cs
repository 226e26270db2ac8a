using System.Globalization;
using Semblance.Checkpoints;
using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Represents the smallest and the largest value of each element among some vectors, which int8 and uint8 divide into steps. The ranges are
/// needed to restore stored vectors, so they are stored beside them (<see cref="PathBeside"/>).
/// </summary>
/// <param name="dimension">The number of elements of a vector.</param>
public sealed class QuantizationRanges(int dimension)
{
    /// <summary>The number of vectors below which ranges are unreliable.</summary>
    public const int EnoughVectors = 100;

    /// <summary>The minimum number of vectors for ranges: one vector has no range.</summary>
    public const int FewestVectors = 2;

    private const string SmallestName = "smallest";
    private const string LargestName = "largest";
    private const string CountName = "vectors";

    private readonly float[] _smallest = Filled(dimension, float.PositiveInfinity);
    private readonly float[] _largest = Filled(dimension, float.NegativeInfinity);

    /// <summary>Gets the smallest value of each element.</summary>
    public ReadOnlySpan<float> Smallest => _smallest;

    /// <summary>Gets the largest value of each element.</summary>
    public ReadOnlySpan<float> Largest => _largest;

    /// <summary>Gets the number of vectors included.</summary>
    public int Count { get; private set; }

    /// <summary>Computes the ranges of the rows of a matrix.</summary>
    /// <param name="vectors">The vectors, <c>[vectors × dimension]</c>.</param>
    /// <exception cref="ArgumentException">An element is not a finite number.</exception>
    public static QuantizationRanges Of(Tensor vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        var ranges = new QuantizationRanges(vectors.Columns);
        for (var i = 0; i < vectors.Rows; i++)
        {
            ranges.Include(vectors.Row(i), i);
        }

        return ranges;
    }

    /// <summary>
    /// Returns the path of the ranges of a file of vectors: <c>vectors.npy.ranges.safetensors</c> beside <c>vectors.npy</c>.
    /// </summary>
    public static string PathBeside(string path) => path + ".ranges.safetensors";

    /// <summary>Reads a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged, or contains no ranges.</exception>
    public static QuantizationRanges Load(string path)
    {
        var file = SafetensorsFile.Open(path);
        using Tensor smallest = file.Read(SmallestName), largest = file.Read(LargestName);
        if (smallest.Shape is not [var dimension] || !largest.Shape.SequenceEqual(smallest.Shape)
            || !file.Metadata.TryGetValue(CountName, out var text)
            || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            throw new CheckpointFormatException(path, $"ranges are two lists '{SmallestName}' and '{LargestName}' of one length, with the "
                + $"number of '{CountName}' in the metadata.");
        }

        for (var i = 0; i < dimension; i++)
        {
            if (!float.IsFinite(smallest.Values[i]) || !float.IsFinite(largest.Values[i]) || smallest.Values[i] > largest.Values[i])
            {
                throw new CheckpointFormatException(path,
                    $"element {i} goes from {smallest.Values[i]} to {largest.Values[i]}, which is not a range; the file is damaged.");
            }
        }

        var ranges = new QuantizationRanges(dimension) { Count = count };
        smallest.Values.CopyTo(ranges._smallest);
        largest.Values.CopyTo(ranges._largest);
        return ranges;
    }

    /// <summary>Writes the ranges as a safetensors file: <c>smallest</c>, <c>largest</c> and the number of <c>vectors</c>.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata[CountName] = Count.ToString(CultureInfo.InvariantCulture);
        writer.Add(SmallestName, Tensor.From(_smallest, dimension));
        writer.Add(LargestName, Tensor.From(_largest, dimension));
        writer.Save(path);
    }

    /// <summary>Extends the ranges to include one more vector.</summary>
    /// <exception cref="ArgumentException">The vector has another dimension, or an element is not a finite number.</exception>
    public void Include(ReadOnlySpan<float> vector) => Include(vector, null);

    private void Include(ReadOnlySpan<float> vector, int? row)
    {
        if (vector.Length != dimension)
        {
            throw new ArgumentException($"A vector of {vector.Length} elements does not fit ranges of {dimension}.", nameof(vector));
        }

        Quantizer.CheckFinite(vector, nameof(vector), row);
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
