namespace Semblance.Server.Inference;

/// <summary>Reads and writes an <see cref="InputList"/>.</summary>
internal sealed class InputListConverter : JsonConverter<InputList>
{
    private const string Expected = "expected a text, an array of texts, an array of token ids, or an array of such arrays";

    /// <inheritdoc/>
    public override InputList Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new InputList([new InputText(reader.GetString())], true);
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException($"Found {reader.TokenType}; {Expected}.");
        }

        var texts = new List<InputText>();
        var ids = new List<int>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.String when ids.Count == 0:
                    texts.Add(new InputText(reader.GetString()));
                    break;
                case JsonTokenType.StartArray when ids.Count == 0:
                    texts.Add(new InputText(null, ReadIds(ref reader)));
                    break;
                case JsonTokenType.Number when texts.Count == 0:
                    ids.Add(ReadId(ref reader));
                    break;
                default:
                    throw new JsonException($"Found {reader.TokenType} in the array; {Expected}.");
            }
        }

        return ids.Count > 0 ? new InputList([new InputText(null, [.. ids])], true) : new InputList(texts, false);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, InputList value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value.Texts)
        {
            if (text.Text is not null)
            {
                writer.WriteStringValue(text.Text);
                continue;
            }

            writer.WriteStartArray();
            foreach (var id in text.Ids!)
            {
                writer.WriteNumberValue(id);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static int[] ReadIds(ref Utf8JsonReader reader)
    {
        var ids = new List<int>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            ids.Add(reader.TokenType == JsonTokenType.Number
                ? ReadId(ref reader)
                : throw new JsonException($"Found {reader.TokenType} among token ids; {Expected}."));
        }

        return [.. ids];
    }

    private static int ReadId(ref Utf8JsonReader reader) => reader.TryGetInt32(out var id) && id >= 0
        ? id
        : throw new JsonException("A token id is a whole number from 0.");
}
