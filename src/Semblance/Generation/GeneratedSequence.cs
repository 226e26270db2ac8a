namespace Semblance.Generation;

/// <summary>A sequence that a model generated.</summary>
/// <param name="Tokens">The new tokens, without the prompt, and with the one that ends it where there is one.</param>
/// <param name="FinishReason">Why it ended.</param>
/// <param name="Score">Of a beam search: the sum of the logarithms of its tokens' probabilities, divided by its length to the power of the length penalty.</param>
public sealed record GeneratedSequence(IReadOnlyList<int> Tokens, FinishReason FinishReason, double? Score = null);
