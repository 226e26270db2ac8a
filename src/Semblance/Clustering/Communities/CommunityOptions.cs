namespace Semblance;

/// <summary>Represents the options of <see cref="CommunityDetection"/>.</summary>
public sealed record CommunityOptions
{
    /// <summary>Gets the minimum cosine similarity of a member to the center; 0.75 by default.</summary>
    public float Threshold { get; init; } = 0.75f;

    /// <summary>
    /// Gets the minimum number of members of a community; 10 by default. If there are fewer vectors, their number is used.
    /// </summary>
    public int MinSize { get; init; } = 10;

    /// <summary>Gets the maximum number of threads, including the calling one; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MinSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        if (float.IsNaN(Threshold))
        {
            throw new ArgumentException("The threshold is NaN; use a cosine similarity from -1 to 1.", nameof(Threshold));
        }
    }
}
