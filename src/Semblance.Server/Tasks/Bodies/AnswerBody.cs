using Semblance.Server.Reranking;

namespace Semblance.Server.Tasks;

/// <summary>Represents the body of a request for answers: in texts, or in the documents of a collection that a search finds.</summary>
internal sealed record AnswerBody
{
    /// <summary>Gets the question.</summary>
    public required string Question { get; init; }

    /// <summary>Gets the texts; <see langword="null"/> with a collection.</summary>
    public TextOrTexts? Input { get; init; }

    /// <summary>Gets the name of a collection; <see langword="null"/> with texts.</summary>
    public string? Collection { get; init; }

    /// <summary>Gets the number of documents of the collection that are read; 10 by default.</summary>
    public int? Passages { get; init; }

    /// <summary>Gets the filter of the search, as in a search of the collection.</summary>
    public JsonElement? Filter { get; init; }

    /// <summary>Gets the name of the model; <see langword="null"/> for the first question answerer.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the maximum number of answers; 1 by default.</summary>
    public int? TopK { get; init; }

    /// <summary>Gets a value that indicates whether the answer in a single text can be empty.</summary>
    public bool NoAnswer { get; init; }

    /// <summary>Gets the unit of positions: <c>code-points</c>, the default, or <c>utf-16</c>.</summary>
    public string? Offsets { get; init; }
}
