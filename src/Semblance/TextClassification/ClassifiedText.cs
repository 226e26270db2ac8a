namespace Semblance;

/// <summary>Represents a text, or a pair of texts, with its labels.</summary>
/// <param name="Text">The text, or the first text of a pair.</param>
/// <param name="Pair">The second text of a pair; null for a single text.</param>
/// <param name="Labels">
/// The labels by descending score: the best ones, those that reach their thresholds if a text can have several labels, or all of a
/// regression.
/// </param>
/// <param name="Scores">The scores of all labels, in the order of <see cref="TextClassifier.Labels"/>.</param>
/// <param name="TokenCount">The number of tokens that the model encoded.</param>
/// <param name="Truncated">
/// <see langword="true"/> if the text was longer than the maximum sequence length; otherwise, <see langword="false"/>.
/// </param>
public sealed record ClassifiedText(
    string Text, string? Pair, IReadOnlyList<LabelScore> Labels, ReadOnlyMemory<float> Scores, int TokenCount, bool Truncated);
