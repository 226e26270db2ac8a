namespace Semblance;

/// <summary>Represents a text with its entities.</summary>
/// <param name="Text">The text.</param>
/// <param name="Entities">The entities, in the order of the text.</param>
/// <param name="TokenCount">The number of tokens that the model encoded, in all windows and with special tokens.</param>
/// <param name="WindowCount">The number of windows that the text was divided into; 1 if it was not too long.</param>
public sealed record TaggedText(string Text, IReadOnlyList<Entity> Entities, int TokenCount, int WindowCount);
