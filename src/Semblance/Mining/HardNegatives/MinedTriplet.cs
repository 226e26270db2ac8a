namespace Semblance;

/// <summary>Represents an anchor with a positive and a negative.</summary>
/// <param name="Anchor">The anchor.</param>
/// <param name="Positive">The positive.</param>
/// <param name="Negative">The negative.</param>
/// <param name="PositiveScore">The similarity of the anchor and the positive.</param>
/// <param name="NegativeScore">The similarity of the anchor and the negative.</param>
public sealed record MinedTriplet(string Anchor, string Positive, string Negative, float PositiveScore, float NegativeScore);
