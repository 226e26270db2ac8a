namespace Semblance;

/// <summary>Represents an anchor and a text that is a positive or a negative.</summary>
/// <param name="Anchor">The anchor.</param>
/// <param name="Text">The text.</param>
/// <param name="Label">The label: 1 for a positive, 0 for a negative.</param>
/// <param name="Score">The similarity of the anchor and the text.</param>
public sealed record LabeledPair(string Anchor, string Text, int Label, float Score);
