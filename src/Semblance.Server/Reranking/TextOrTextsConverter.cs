namespace Semblance.Server.Reranking;

/// <summary>Reads a <see cref="TextOrTexts"/> and writes it as an array.</summary>
internal sealed class TextOrTextsConverter : JsonConverter<TextOrTexts>
{
    /// <inheritdoc/>
    public override TextOrTexts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new TextOrTexts([reader.GetString()!]);
        }

        var texts = new List<string>();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException($"Found {reader.TokenType}; expected a text, or an array of texts.");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            texts.Add(reader.TokenType == JsonTokenType.String
                ? reader.GetString()!
                : throw new JsonException($"Found {reader.TokenType} in the array; expected texts."));
        }

        return new TextOrTexts(texts);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TextOrTexts value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value.Texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}
