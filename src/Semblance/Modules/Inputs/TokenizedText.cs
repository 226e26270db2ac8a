namespace Semblance.Modules;

/// <summary>A text as an <see cref="InputModule"/> takes it.</summary>
/// <param name="Ids">Its token ids; none for a text in which the module knows nothing.</param>
/// <param name="TypeIds">The type of each token, or null where all are 0.</param>
/// <param name="IsTruncated">Whether the text was longer than the module takes, so that its end is left out.</param>
/// <param name="Attended">How many tokens at the front attention sees, as in <see cref="Tensors.PackedBatch.Attended"/>; null for all.</param>
public readonly record struct TokenizedText(int[] Ids, int[]? TypeIds = null, bool IsTruncated = false, int? Attended = null);
