using Semblance.Server.Collections;

namespace Semblance.Server.Mcp;

/// <summary>Represents the arguments of all tools; each has those of its schema.</summary>
internal sealed record ToolArguments
{
    /// <summary>Gets the name of the model; <see langword="null"/> for the first one that fits.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the texts.</summary>
    public IReadOnlyList<string>? Texts { get; init; }

    /// <summary>Gets the text that others are compared with.</summary>
    public string? Text { get; init; }

    /// <summary>Gets the query.</summary>
    public string? Query { get; init; }

    /// <summary>Gets the name of the collection.</summary>
    public string? Collection { get; init; }

    /// <summary>Gets the documents to add.</summary>
    public IReadOnlyList<DocumentBody>? Documents { get; init; }

    /// <summary>Gets the maximum number of results.</summary>
    public int? TopK { get; init; }

    /// <summary>Gets the filter of documents.</summary>
    public JsonElement? Filter { get; init; }

    /// <summary>Gets a value that indicates whether documents are also found by their words.</summary>
    public bool Hybrid { get; init; }

    /// <summary>Gets a value that indicates whether a model orders the best documents again.</summary>
    public bool Rerank { get; init; }
}
