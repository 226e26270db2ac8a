namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents the settings of a request to <c>/similarity</c>.</summary>
internal sealed record SimilarityParameters : TeiRequest;
