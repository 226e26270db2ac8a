namespace Semblance;

/// <summary>Represents the options of <see cref="BitextMining"/>.</summary>
public sealed record BitextMiningOptions
{
    /// <summary>Gets the margin that scores a pair; <see cref="Margin.Ratio"/> by default.</summary>
    public Margin Margin { get; init; }

    /// <summary>Gets the selection of pairs among the candidates; the best of both directions by default.</summary>
    public BitextRetrieval Retrieval { get; init; }

    /// <summary>
    /// Gets the number of nearest texts of the other language that are the candidates and the neighborhood of a text; 4 by default.
    /// </summary>
    public int Neighbors { get; init; } = 4;

    /// <summary>Gets the minimum score of a pair; none by default. For the ratio, 1.04 to 1.06 is usual.</summary>
    public float Threshold { get; init; } = float.NegativeInfinity;

    /// <summary>Gets the maximum number of threads, including the calling one; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    /// <summary>Gets the options of the comparison in blocks.</summary>
    internal MiningOptions Blocks { get; init; } = new();

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Neighbors, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        if (!Enum.IsDefined(Margin))
        {
            throw new ArgumentOutOfRangeException(nameof(Margin), Margin, "There is no such margin.");
        }

        if (!Enum.IsDefined(Retrieval))
        {
            throw new ArgumentOutOfRangeException(nameof(Retrieval), Retrieval, "There is no such retrieval.");
        }

        if (float.IsNaN(Threshold))
        {
            throw new ArgumentException("The threshold is NaN; use a number, or omit it.", nameof(Threshold));
        }
    }
}
