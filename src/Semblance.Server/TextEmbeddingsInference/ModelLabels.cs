namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents the labels of a classifier or of a reranker.</summary>
/// <param name="Id2label">The names by number.</param>
/// <param name="Label2id">The numbers by name.</param>
internal sealed record ModelLabels(
    [property: JsonPropertyName("id2label")] Dictionary<string, string> Id2label,
    [property: JsonPropertyName("label2id")] Dictionary<string, int> Label2id);
