namespace Semblance;

/// <summary>A text that is close to an anchor and does not belong to it.</summary>
/// <param name="Text">The text.</param>
/// <param name="Score">How alike it is to the anchor, by the cross-encoder where there is one.</param>
public readonly record struct MinedNegative(string Text, float Score);
