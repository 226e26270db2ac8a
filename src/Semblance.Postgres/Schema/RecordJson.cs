using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Semblance.Postgres;

/// <summary>
/// Converts ids and labels to JSON and back; a number and a string are different ids in jsonb too, and labels can be queried.
/// </summary>
internal static class RecordJson
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(VectorId id) => Write(json =>
    {
        if (id.Text is { } text)
        {
            json.WriteStringValue(text);
        }
        else
        {
            json.WriteNumberValue(id.Number);
        }
    });

    public static string Of(IEnumerable<KeyValuePair<string, string>> labels) => Write(json =>
    {
        json.WriteStartObject();
        foreach (var (key, value) in labels)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    });

    public static string Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            content(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Parses the id of a row.</summary>
    /// <exception cref="PostgresIndexException">The id is neither a whole number nor a string; another program wrote it.</exception>
    public static VectorId Id(string json, string index)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var value) => value,
            _ =>
                throw new PostgresIndexException(
                    index, $"a row has the id {json}, which is neither a whole number nor a text; correct it."),
        };
    }

    /// <summary>
    /// Parses the labels of a row, or returns null if it has none. Values that are not strings, written by other programs, are returned as
    /// JSON.
    /// </summary>
    public static Dictionary<string, string>? Labels(string json, string index)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new PostgresIndexException(index, $"a row has the metadata {json}, which is not an object; correct it.");
        }

        var labels = document.RootElement.EnumerateObject().ToDictionary(
            label => label.Name,
            label => label.Value.ValueKind == JsonValueKind.String ? label.Value.GetString()! : label.Value.GetRawText());
        return labels.Count == 0 ? null : labels;
    }
}
