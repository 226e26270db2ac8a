namespace Semblance.Server.Ollama;

/// <summary>Provides the contracts of the bodies of the API of Ollama.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    Converters = [typeof(Inference.TextListConverter)])]
[JsonSerializable(typeof(EmbedBody))]
[JsonSerializable(typeof(EmbedAnswer))]
[JsonSerializable(typeof(OldEmbedAnswer))]
[JsonSerializable(typeof(TagList))]
[JsonSerializable(typeof(ShowAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(OllamaError))]
internal sealed partial class OllamaJson : JsonSerializerContext;
