namespace Semblance;

/// <summary>The two constants of BM25.</summary>
public sealed record Bm25Options
{
    /// <summary>How much a term counts that comes again: 0 for not at all, more for longer. 1.2 by default; not negative.</summary>
    public double K1 { get; init; } = 1.2;

    /// <summary>How much a long text is held against a term in it, from 0 for not at all to 1 for in full. 0.75 by default.</summary>
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
