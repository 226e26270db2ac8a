namespace Semblance.Server.Reranking;

/// <summary>Reads a <see cref="DocumentText"/> and writes it as an object.</summary>
internal sealed class DocumentTextConverter : JsonConverter<DocumentText>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override DocumentText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new DocumentText(reader.GetString()!);
        }

        string? text = null;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isText = reader.ValueTextEquals("text"u8);
                reader.Read();
                if (isText && reader.TokenType == JsonTokenType.String)
                {
                    text = reader.GetString();
                }
                else
                {
                    reader.Skip();
                }
            }
        }

        return text is not null ? new DocumentText(text) : throw new JsonException("Found no text; a document is a text, or an object with 'text'.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DocumentText value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("text", value.Text);
        writer.WriteEndObject();
    }
}
