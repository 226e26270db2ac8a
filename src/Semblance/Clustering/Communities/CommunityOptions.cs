namespace Semblance;

/// <summary>What <see cref="CommunityDetection"/> looks for.</summary>
public sealed record CommunityOptions
{
    /// <summary>The cosine that a member has with the centre at least; 0.75 by default.</summary>
    public float Threshold { get; init; } = 0.75f;

    /// <summary>How many members a community has at least; 10 by default. Where there are fewer vectors, as many as there are.</summary>
    public int MinSize { get; init; } = 10;

    /// <summary>The maximum number of threads to use, the caller's included; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MinSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        if (float.IsNaN(Threshold))
        {
            throw new ArgumentException("A threshold that is not a number lets nobody in; use a cosine, from -1 to 1.", nameof(Threshold));
        }
    }
}
