namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Provides the contracts of the bodies of the API of text-embeddings-inference.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    Converters = [typeof(Inference.TextListConverter)])]
[JsonSerializable(typeof(EmbedRequest))]
[JsonSerializable(typeof(RerankRequest))]
[JsonSerializable(typeof(SimilarityRequest))]
[JsonSerializable(typeof(PredictRequest))]
[JsonSerializable(typeof(TokenizeRequest))]
[JsonSerializable(typeof(DecodeRequest))]
[JsonSerializable(typeof(float[]))]
[JsonSerializable(typeof(float[][]))]
[JsonSerializable(typeof(float[][][]))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(SparseElement[][]))]
[JsonSerializable(typeof(Rank[]))]
[JsonSerializable(typeof(Label[]))]
[JsonSerializable(typeof(Label[][]))]
[JsonSerializable(typeof(TeiToken[][]))]
[JsonSerializable(typeof(TeiInfo))]
[JsonSerializable(typeof(ModelLabels))]
[JsonSerializable(typeof(ModelPooling))]
[JsonSerializable(typeof(TeiError))]
[JsonSerializable(typeof(JsonDocument))]
internal sealed partial class TeiJson : JsonSerializerContext;
