namespace Semblance;

/// <summary>An anchor, one of its positives, and the negatives that were found for the anchor.</summary>
/// <param name="Anchor">The anchor.</param>
/// <param name="Positive">The positive.</param>
/// <param name="PositiveScore">How alike the two are.</param>
/// <param name="Negatives">The negatives, the closest first; the same for every positive of an anchor.</param>
public sealed record MinedPair(string Anchor, string Positive, float PositiveScore, IReadOnlyList<MinedNegative> Negatives);
