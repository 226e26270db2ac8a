namespace Semblance.Server.Collections;

/// <summary>Represents a document.</summary>
internal sealed record DocumentBody
{
    /// <summary>Gets the id.</summary>
    public required VectorId Id { get; init; }

    /// <summary>Gets the text.</summary>
    public required string Text { get; init; }

    /// <summary>Gets the labels.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Returns documents as records without vectors.</summary>
    /// <exception cref="RequestException">There is no document, or two have the same id.</exception>
    public static VectorRecord[] Records(IReadOnlyList<DocumentBody> documents) =>
        documents.Count == 0 ? throw RequestException.Empty("documents")
        : documents.Contains(null!) ? throw RequestException.Validation("`documents` has null; send documents.", "documents")
        : documents.GroupBy(document => document.Id).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw RequestException.Validation($"Two documents have the id '{twice.Key}'.", "documents")
            : [.. documents.Select(document => new VectorRecord(document.Id, default, document.Text, document.Metadata))];
}
