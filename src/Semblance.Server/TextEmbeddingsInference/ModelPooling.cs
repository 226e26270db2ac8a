namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents the pooling of an embedding model.</summary>
/// <param name="Pooling">The name, such as <c>mean</c>.</param>
internal sealed record ModelPooling(string Pooling);
