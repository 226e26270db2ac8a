namespace Semblance;

/// <summary>One pair of a stream, and its scores.</summary>
/// <param name="Text">The first text.</param>
/// <param name="Pair">The second text.</param>
/// <param name="Scores">One score for each label.</param>
/// <param name="TokenCount">How many tokens of the pair the model saw.</param>
/// <param name="Truncated">Whether the pair was longer than the model takes.</param>
public sealed record Prediction(string Text, string Pair, ReadOnlyMemory<float> Scores, int TokenCount, bool Truncated);
