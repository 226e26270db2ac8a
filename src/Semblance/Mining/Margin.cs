namespace Semblance;

/// <summary>What a pair's cosine is set against in <see cref="BitextMining"/>: the mean m of the two texts' mean cosines with their nearest neighbours.</summary>
public enum Margin
{
    /// <summary>cosine / m: how many times closer than its neighbours. The best in the paper.</summary>
    Ratio,

    /// <summary>cosine − m.</summary>
    Distance,

    /// <summary>The cosine alone.</summary>
    Absolute,
}
