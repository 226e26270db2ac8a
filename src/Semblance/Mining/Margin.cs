namespace Semblance;

/// <summary>
/// Specifies how <see cref="BitextMining"/> relates the cosine of a pair to m, the mean of the two texts' mean cosines with their nearest
/// neighbors.
/// </summary>
public enum Margin
{
    /// <summary>cosine / m; the best margin in the paper.</summary>
    Ratio,

    /// <summary>cosine − m.</summary>
    Distance,

    /// <summary>The cosine alone.</summary>
    Absolute,
}
