namespace Semblance.Server.Collections;

/// <summary>Reads and writes a <see cref="VectorId"/>: a text, or a whole number.</summary>
internal sealed class VectorIdConverter : JsonConverter<VectorId>
{
    /// <inheritdoc/>
    public override VectorId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Number when reader.TryGetInt64(out var number) => number,
        _ => throw new JsonException($"Found {reader.TokenType}; an id is a text, or a whole number."),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, VectorId value, JsonSerializerOptions options)
    {
        if (value.Text is { } text)
        {
            writer.WriteStringValue(text);
        }
        else
        {
            writer.WriteNumberValue(value.Number);
        }
    }
}
