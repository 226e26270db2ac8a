namespace Semblance;

/// <summary>Represents a text that is similar to an anchor but is not one of its positives.</summary>
/// <param name="Text">The text.</param>
/// <param name="Score">The similarity to the anchor; the score of the cross-encoder if there is one.</param>
public readonly record struct MinedNegative(string Text, float Score);
