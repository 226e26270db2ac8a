namespace Semblance;

/// <summary>Represents the parameters of BM25.</summary>
public sealed record Bm25Options
{
    /// <summary>
    /// Gets the saturation of the term frequency: 0 ignores repetitions, larger values count more of them. 1.2 by default; not negative.
    /// </summary>
    public double K1 { get; init; } = 1.2;

    /// <summary>Gets the strength of the length normalization, from 0 (none) to 1 (full); 0.75 by default.</summary>
    public double B { get; init; } = 0.75;

    internal void Check()
    {
        if (!(K1 >= 0) || !double.IsFinite(K1))
        {
            throw new ArgumentOutOfRangeException(nameof(K1), K1, "k1 must be 0 or more.");
        }

        if (B is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(B), B, "b must be from 0 to 1.");
        }
    }
}
