namespace Semblance.Server.Collections;

/// <summary>Represents a document that a search found.</summary>
/// <param name="Id">The id.</param>
/// <param name="Score">The score; higher is better.</param>
/// <param name="Text">The text, or the best passage.</param>
/// <param name="Metadata">The labels; absent if there are none.</param>
/// <param name="Start">The index of the first UTF-16 unit of the passage; absent for a whole document.</param>
/// <param name="End">The index after its last UTF-16 unit; absent for a whole document.</param>
internal sealed record SearchItem(
    VectorId Id,
    float Score,
    string? Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Metadata,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Start,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? End)
{
    /// <summary>Describes a hit.</summary>
    public static SearchItem Of(DocumentHit hit) => new(
        hit.Id, hit.Score, hit.Text, hit.Metadata is { Count: > 0 } labels ? labels : null, hit.Passage?.Start, hit.Passage?.End);
}
