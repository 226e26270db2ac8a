namespace Semblance.Server.Collections;

/// <summary>Represents the body of a search.</summary>
internal sealed record SearchBody
{
    /// <summary>Gets the query.</summary>
    public required string Query { get; init; }

    /// <summary>Gets the maximum number of documents; 10 by default.</summary>
    public int? TopK { get; init; }

    /// <summary>Gets the filter: labels with a value or an array of values, <c>$and</c>, <c>$or</c>, <c>$not</c> and <c>$ids</c>.</summary>
    public JsonElement? Filter { get; init; }

    /// <summary>Gets a value that indicates whether documents are also found by their words.</summary>
    public bool Hybrid { get; init; }

    /// <summary>Gets a value that indicates whether a model orders the best documents again.</summary>
    public bool Rerank { get; init; }

    /// <summary>Gets the name of that model; <see langword="null"/> for the first one that reranks.</summary>
    public string? RerankModel { get; init; }

    /// <summary>Gets the lowest score of a result.</summary>
    public float? MinScore { get; init; }
}
