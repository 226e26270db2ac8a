namespace Semblance;

/// <summary>Represents an anchor, one of its positives, and the negatives of the anchor.</summary>
/// <param name="Anchor">The anchor.</param>
/// <param name="Positive">The positive.</param>
/// <param name="PositiveScore">The similarity of the anchor and the positive.</param>
/// <param name="Negatives">The negatives, the most similar first; the same for every positive of an anchor.</param>
public sealed record MinedPair(string Anchor, string Positive, float PositiveScore, IReadOnlyList<MinedNegative> Negatives);
