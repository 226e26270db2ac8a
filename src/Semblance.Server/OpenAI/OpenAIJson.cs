namespace Semblance.Server.OpenAI;

/// <summary>Provides the contracts of the bodies of the API of OpenAI.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    Converters = [typeof(Inference.TextListConverter)])]
[JsonSerializable(typeof(EmbeddingsRequest))]
[JsonSerializable(typeof(EmbeddingsResponse))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class OpenAIJson : JsonSerializerContext;
