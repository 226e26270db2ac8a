namespace Semblance;

/// <summary>Represents a label with its score.</summary>
/// <param name="Label">The name of the label.</param>
/// <param name="Score">The score: a probability, or a value of a regression.</param>
public readonly record struct LabelScore(string Label, float Score);
