namespace Semblance.Generation;

/// <summary>Represents a sequence that a model generated.</summary>
/// <param name="Tokens">The new tokens, without the prompt but with the end token, if any.</param>
/// <param name="FinishReason">The reason why the sequence ended.</param>
/// <param name="Score">
/// The score in a beam search: the sum of the log-probabilities of the tokens, divided by the length to the power of the length penalty;
/// otherwise, null.
/// </param>
public sealed record GeneratedSequence(IReadOnlyList<int> Tokens, FinishReason FinishReason, double? Score = null);
