namespace Semblance.Training;

/// <summary>Represents one row of a data set.</summary>
/// <param name="Texts">The texts, in the order of the column mapping: a pair; anchor, positive and negative; or a single text.</param>
/// <param name="Score">The similarity score of the texts, or <see langword="null"/>.</param>
/// <param name="Label">The label, from 0, or <see langword="null"/>.</param>
public sealed record Example(IReadOnlyList<string> Texts, float? Score = null, int? Label = null)
{
    /// <summary>
    /// Gets the target values of the row: the scores or the embedding of a teacher, or the relevance of each text after the first;
    /// <see langword="null"/>
    /// for none. All rows of a data set have the same number of targets, except lists of candidates.
    /// </summary>
    public IReadOnlyList<float>? Targets { get; init; }

    /// <summary>
    /// Gets the labeled parts of the last text: its words with their tags for a token classifier, or its answers for a question answerer,
    /// empty if it has none; <see langword="null"/> for other rows.
    /// </summary>
    public IReadOnlyList<LabeledSpan>? Spans { get; init; }
}
