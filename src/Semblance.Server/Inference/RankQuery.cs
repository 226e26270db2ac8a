namespace Semblance.Server.Inference;

/// <summary>Represents a request to score the relevance of texts to a query, whatever its dialect.</summary>
/// <param name="Model">The name of the model; <see langword="null"/> for the first one that reranks.</param>
/// <param name="Query">The query.</param>
/// <param name="Documents">The texts.</param>
internal sealed record RankQuery(string? Model, string Query, IReadOnlyList<string> Documents)
{
    /// <summary>
    /// Gets a value that indicates whether scores are those of the model: the logits of a cross-encoder, or the sum of late interaction.
    /// Otherwise they are from 0 to 1.
    /// </summary>
    public bool RawScores { get; init; }

    /// <summary>Gets a value that indicates whether long texts are truncated; <see langword="null"/> for the server's default.</summary>
    public bool? Truncate { get; init; }
}
