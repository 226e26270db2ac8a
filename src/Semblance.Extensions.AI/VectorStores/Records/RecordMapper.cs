using System.Globalization;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Semblance.Extensions.AI;

/// <summary>
/// Converts records to those of an index and back. The first data property that is indexed for full text is the text of the index's record;
/// the others are labels.
/// </summary>
internal sealed class RecordMapper
{
    // The length of a vector of a cosine index, which stores vectors of length 1.
    private const string Length = "$length";
    private const double LengthTolerance = 1e-6;

    public RecordMapper(CollectionModel model)
    {
        Model = model;
        Vectors = [.. model.VectorProperties.OrderBy(property => property.StorageName, StringComparer.Ordinal)];
        Scales = [.. Vectors.Select(property => ScoreScale.Of(property.DistanceFunction))];
        Text = model.DataProperties.FirstOrDefault(property => property.IsFullTextIndexed && property.Type == typeof(string));
    }

    public CollectionModel Model { get; }

    /// <summary>Gets the vector properties in the order of their indexes.</summary>
    public IReadOnlyList<VectorPropertyModel> Vectors { get; }

    /// <summary>Gets the distance function of each vector property.</summary>
    public IReadOnlyList<ScoreScale> Scales { get; }

    /// <summary>Gets the property that is the text of the index's record; <see langword="null"/> for none.</summary>
    public DataPropertyModel? Text { get; }

    /// <summary>Returns a value that indicates whether a property is a label, so that filters can use it.</summary>
    public bool IsLabel(DataPropertyModel property) => property != Text || property.IsIndexed;

    public VectorId Id(object? key) => KeyCodec.Encode(key, Model.KeyProperty.Type);

    /// <summary>Converts a record to one record for each index.</summary>
    public VectorRecord[] ToIndexes(object record, IReadOnlyList<ReadOnlyMemory<float>> vectors)
    {
        var id = Id(Model.KeyProperty.GetValueAsObject(record));
        var text = Text?.GetValueAsObject(record) as string;
        var labels = new Dictionary<string, string>();
        foreach (var property in Model.DataProperties)
        {
            if (IsLabel(property) && property.GetValueAsObject(record) is { } value)
            {
                labels[property.StorageName] = LabelCodec.Encode(value);
                foreach (var element in value is IReadOnlyList<string> list ? list : [])
                {
                    labels[LabelCodec.ElementKey(property.StorageName, element)] = "";
                }
            }
        }

        return Vectors.Count == 0
            ? [new VectorRecord(id, new float[1], text, labels)]
            : [.. vectors.Select((vector, i) => new VectorRecord(id, vector, text, WithLength(labels, vector, Scales[i].Similarity)))];
    }

    /// <summary>Converts a record of an index without its vectors.</summary>
    public TRecord ToRecord<TRecord>(VectorId id, string? text, IReadOnlyDictionary<string, string>? labels)
    {
        var record = Model.CreateRecord<TRecord>();
        Model.KeyProperty.SetValueAsObject(record!, KeyCodec.Decode(id, Model.KeyProperty.Type));
        foreach (var property in Model.DataProperties)
        {
            var value = property == Text && text is not null ? text
                : labels is not null && labels.TryGetValue(property.StorageName, out var label) ? LabelCodec.Decode(property.Type, label)
                : null;
            property.SetValueAsObject(record!, value);
        }

        return record;
    }

    /// <summary>Sets a vector of a record.</summary>
    public void SetVector(object record, int index, VectorRecord stored)
    {
        var vector = stored.Vector;
        if (stored.Metadata is not null && stored.Metadata.TryGetValue(Length, out var length))
        {
            var restored = new float[vector.Length];
            var scale = double.Parse(length, CultureInfo.InvariantCulture);
            for (var i = 0; i < restored.Length; i++)
            {
                restored[i] = (float)(vector.Span[i] * scale);
            }

            vector = restored;
        }

        Vectors[index].SetValueAsObject(record, VectorValues.Convert(vector, Vectors[index].Type));
    }

    private static Dictionary<string, string> WithLength(
        Dictionary<string, string> labels, ReadOnlyMemory<float> vector, SimilarityFunction similarity)
    {
        if (similarity != SimilarityFunction.Cosine)
        {
            return labels;
        }

        var squares = 0d;
        foreach (var value in vector.Span)
        {
            squares += (double)value * value;
        }

        var length = Math.Sqrt(squares);
        return length > 0 && double.IsFinite(length) && Math.Abs(length - 1) > LengthTolerance
            ? new Dictionary<string, string>(labels) { [Length] = length.ToString("R", CultureInfo.InvariantCulture) }
            : labels;
    }
}
