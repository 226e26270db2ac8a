namespace Semblance;

/// <summary>What <see cref="BitextMining"/> looks for.</summary>
public sealed record BitextMiningOptions
{
    /// <summary>How a pair is scored; by the ratio by default.</summary>
    public Margin Margin { get; init; }

    /// <summary>Which candidates become pairs; the best of both directions by default.</summary>
    public BitextRetrieval Retrieval { get; init; }

    /// <summary>How many nearest texts of the other language are a text's candidates and its neighbourhood; 4 by default.</summary>
    public int Neighbors { get; init; } = 4;

    /// <summary>The score that a pair has at least; none by default. By ratio, 1.04 to 1.06 is usual.</summary>
    public float Threshold { get; init; } = float.NegativeInfinity;

    /// <summary>The maximum number of threads to use, the caller's included; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    /// <summary>How the vectors are compared in blocks.</summary>
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
            throw new ArgumentException("A threshold that is not a number lets no pair through; use a number, or leave it out.", nameof(Threshold));
        }
    }
}
