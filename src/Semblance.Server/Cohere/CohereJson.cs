namespace Semblance.Server.Cohere;

/// <summary>Provides the contracts of the bodies of the API of Cohere.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    Converters = [typeof(Inference.TextListConverter)])]
[JsonSerializable(typeof(EmbedBody))]
[JsonSerializable(typeof(EmbedAnswer))]
[JsonSerializable(typeof(OldEmbedAnswer))]
[JsonSerializable(typeof(RerankBody))]
[JsonSerializable(typeof(RerankAnswer))]
[JsonSerializable(typeof(CohereError))]
internal sealed partial class CohereJson : JsonSerializerContext;
