namespace Semblance;

/// <summary>An anchor with a positive and a negative.</summary>
/// <param name="Anchor">The anchor.</param>
/// <param name="Positive">The positive.</param>
/// <param name="Negative">The negative.</param>
/// <param name="PositiveScore">How alike anchor and positive are.</param>
/// <param name="NegativeScore">How alike anchor and negative are.</param>
public sealed record MinedTriplet(string Anchor, string Positive, string Negative, float PositiveScore, float NegativeScore);
