using System.Text.Json.Serialization.Metadata;
using Semblance.Server.Inference;

namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents an answer: its JSON, written when it is known whether it stands alone, and what it cost.</summary>
/// <param name="Write">Writes the JSON.</param>
/// <param name="Usage">What the request cost; <see langword="null"/> if no model computed.</param>
internal sealed record TeiAnswer(Action<Utf8JsonWriter> Write, Usage? Usage)
{
    /// <summary>Creates an answer.</summary>
    public static TeiAnswer Of<T>(T value, JsonTypeInfo<T> type, Usage? usage) =>
        new(writer => JsonSerializer.Serialize(writer, value, type), usage);
}
