using Semblance.Generation;

namespace Semblance;

/// <summary>Represents a text that was generated from another.</summary>
/// <param name="Source">The source.</param>
/// <param name="Text">The generated text; of a source in several parts, their texts, separated by spaces.</param>
/// <param name="TokenCount">The number of tokens of the source that the model encoded.</param>
/// <param name="Truncated">
/// <see langword="true"/> if the source was longer than the maximum sequence length and its end was left out; otherwise,
/// <see langword="false"/>.
/// </param>
/// <param name="FinishReason">
/// The reason why the text ended; <see cref="Semblance.Generation.FinishReason.Length"/> if a part of it reached the maximum length.
/// </param>
public sealed record GeneratedText(string Source, string Text, int TokenCount, bool Truncated, FinishReason FinishReason);
