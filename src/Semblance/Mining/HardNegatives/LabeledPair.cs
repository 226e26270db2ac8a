namespace Semblance;

/// <summary>An anchor and a text that belongs to it or not.</summary>
/// <param name="Anchor">The anchor.</param>
/// <param name="Text">The text.</param>
/// <param name="Label">1 for a positive, 0 for a negative.</param>
/// <param name="Score">How alike the two are.</param>
public sealed record LabeledPair(string Anchor, string Text, int Label, float Score);
