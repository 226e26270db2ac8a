namespace Semblance.Server.Reranking;

/// <summary>Provides the contracts of the bodies about reranking.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    Converters = [typeof(Inference.TextListConverter)])]
[JsonSerializable(typeof(RerankBody))]
[JsonSerializable(typeof(RerankAnswer))]
[JsonSerializable(typeof(ScoreBody))]
[JsonSerializable(typeof(ScoreAnswer))]
internal sealed partial class RerankingJson : JsonSerializerContext;
