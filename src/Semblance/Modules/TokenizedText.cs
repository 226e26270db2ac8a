namespace Semblance.Modules;

/// <summary>A text as an <see cref="InputModule"/> takes it.</summary>
/// <param name="Ids">Its token ids; none for a text in which the module knows nothing.</param>
/// <param name="TypeIds">The type of each token, or null where all are 0.</param>
/// <param name="IsTruncated">Whether the text was longer than the module takes, so that its end is left out.</param>
public readonly record struct TokenizedText(int[] Ids, int[]? TypeIds = null, bool IsTruncated = false);
