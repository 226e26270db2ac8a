using Semblance.Server.Inference;

namespace Semblance.Server.Reranking;

/// <summary>Reads a <see cref="TextOrTexts"/> and writes it as an array.</summary>
internal sealed class TextOrTextsConverter : JsonConverter<TextOrTexts>
{
    private static readonly TextListConverter List = new();

    /// <inheritdoc/>
    public override TextOrTexts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.String => new TextOrTexts([reader.GetString()!]),
            JsonTokenType.StartArray => new TextOrTexts(List.Read(ref reader, typeof(IReadOnlyList<string>), options)),
            var found => throw new JsonException($"Found {found}; expected a text, or an array of texts."),
        };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TextOrTexts value, JsonSerializerOptions options) =>
        List.Write(writer, value.Texts, options);
}
