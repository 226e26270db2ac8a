namespace Semblance.Server.Collections;

/// <summary>Represents a search of a collection.</summary>
/// <param name="Query">The query.</param>
internal sealed record CollectionSearch(string Query)
{
    /// <summary>Gets the maximum number of documents; 10 by default.</summary>
    public int TopK { get; init; } = 10;

    /// <summary>Gets the filter; <see langword="null"/> for all documents.</summary>
    public JsonElement? Filter { get; init; }

    /// <summary>Gets a value that indicates whether documents are also found by their words.</summary>
    public bool Hybrid { get; init; }

    /// <summary>Gets a value that indicates whether a model orders the best documents again.</summary>
    public bool Rerank { get; init; }

    /// <summary>Gets the name of that model; <see langword="null"/> for the first one that reranks.</summary>
    public string? RerankModel { get; init; }

    /// <summary>Gets the lowest score of a result; <see langword="null"/> for all.</summary>
    public float? MinScore { get; init; }
}
