using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance;

/// <summary>
/// Reads the vectors of JSON Lines rows; those whose <c>precision</c> is int8 or uint8 are restored with the ranges file next to the file.
/// </summary>
/// <param name="path">The path of the file.</param>
internal sealed class JsonVectorReader(string path)
{
    private int? _dimension;
    private Quantizer? _quantizer;

    /// <summary>Returns the vector of the next row.</summary>
    /// <exception cref="TextFormatException">
    /// The row has no vector, one with another dimension than the first, or one whose precision cannot be restored.
    /// </exception>
    public float[] Vector(JsonRow row)
    {
        var vector = row.Vector(JsonVectors.NameIn(row) ?? "embedding");
        _dimension ??= vector.Length > 0 ? vector.Length : throw row.Fault("the vector has 0 elements; there is nothing to compare.");
        if (vector.Length != _dimension)
        {
            throw row.Fault($"the vector has {vector.Length} elements; {_dimension} are expected, as many as in the first row.");
        }

        return row.Has("precision") ? Restored(vector, row) : vector;
    }

    private float[] Restored(float[] vector, JsonRow row)
    {
        var name = row.Text("precision");
        if (!Enum.TryParse<Precision>(name, ignoreCase: true, out var precision) || precision is Precision.Binary or Precision.UBinary)
        {
            throw row.Fault($"the precision is '{Excerpt.Of(name)}'; float32, int8 and uint8 are read. Encode again as float32.");
        }

        if (!Quantizer.NeedsRanges(precision))
        {
            return vector;
        }

        var beside = QuantizationRanges.PathBeside(path);
        if (_quantizer is null || _quantizer.Precision != precision)
        {
            var ranges = File.Exists(beside)
                ? QuantizationRanges.Load(beside)
                : throw row.Fault($"{name} needs its ranges in {beside}, which is missing; put them there, or encode again as float32.");
            _quantizer = ranges.Smallest.Length == vector.Length && ranges.Count >= QuantizationRanges.FewestVectors
                ? new Quantizer(precision, vector.Length, ranges)
                : throw row.Fault(
                    $"the vector has {vector.Length} elements, but the ranges in {beside} are of {ranges.Count} vectors of " +
                    $"{ranges.Smallest.Length}; they belong to other vectors.");
        }

        var stored = new byte[vector.Length];
        var (least, most) = precision == Precision.Int8 ? (-128, 127) : (0, 255);
        for (var i = 0; i < stored.Length; i++)
        {
            stored[i] = vector[i] >= least && vector[i] <= most && vector[i] == MathF.Truncate(vector[i])
                ? unchecked((byte)(int)vector[i])
                : throw row.Fault($"element {i} is {vector[i]}; a whole number from {least} to {most} is expected of {name}.");
        }

        _quantizer.Restore(stored, vector);
        return vector;
    }
}
