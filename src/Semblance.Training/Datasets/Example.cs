namespace Semblance.Training;

/// <summary>One row of a data set.</summary>
/// <param name="Texts">Its texts, in the order of the mapping: a pair, an anchor with positive and negative, or one text alone.</param>
/// <param name="Score">How alike the texts are, if a column says so.</param>
/// <param name="Label">The class, from 0, if a column says so.</param>
public sealed record Example(IReadOnlyList<string> Texts, float? Score = null, int? Label = null)
{
    /// <summary>Several numbers that the row should give: a teacher's scores, its vector, or how relevant each text after the first is. Equally many in all rows of a data set, but for such lists; null for most.</summary>
    public IReadOnlyList<float>? Targets { get; init; }
}
