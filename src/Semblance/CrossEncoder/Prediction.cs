namespace Semblance;

/// <summary>Represents one pair of a stream with its scores.</summary>
/// <param name="Text">The first text.</param>
/// <param name="Pair">The second text.</param>
/// <param name="Scores">The scores, one for each label.</param>
/// <param name="TokenCount">The number of tokens of the pair that the model encoded.</param>
/// <param name="Truncated">
/// <see langword="true"/> if the pair was longer than the maximum sequence length; otherwise, <see langword="false"/>.
/// </param>
public sealed record Prediction(string Text, string Pair, ReadOnlyMemory<float> Scores, int TokenCount, bool Truncated);
