namespace Semblance;

/// <summary>Represents the texts of one column of a training batch, or its pairs of texts.</summary>
/// <param name="Texts">The texts; of pairs, the first texts.</param>
public sealed record ModelInput(IReadOnlyList<string> Texts)
{
    /// <summary>Gets the second text of each pair, or the target of each source; null if the input is single texts.</summary>
    public IReadOnlyList<string>? Pairs { get; init; }

    /// <summary>Gets the prompt before each text; empty by default.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>Gets the route of the texts, such as <c>query</c>, for a model with a router; null for the model's default.</summary>
    public string? Route { get; init; }

    /// <summary>
    /// Gets the index of the column, from 0. Without a route, a multi-vector encoder treats the texts of column 0 as queries and the others
    /// as documents.
    /// </summary>
    public int Column { get; init; }

    /// <summary>Returns some rows of the input.</summary>
    /// <param name="rows">The rows.</param>
    public ModelInput Slice(Range rows)
    {
        var (start, count) = rows.GetOffsetAndLength(Texts.Count);
        return this with { Texts = [.. Texts.Skip(start).Take(count)], Pairs = Pairs is null ? null : [.. Pairs.Skip(start).Take(count)] };
    }
}
