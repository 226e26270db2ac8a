namespace Semblance;

/// <summary>What <see cref="DuplicateDetector"/> takes for a duplicate, and how much it remembers.</summary>
public sealed record DuplicateOptions
{
    /// <summary>The cosine from which two vectors are duplicates; 0.95 by default. What is right depends on the model.</summary>
    public float Threshold { get; init; } = 0.95f;

    /// <summary>
    /// About how many texts are remembered, the latest ones that were no duplicates; null, the default, for all. The oldest are
    /// forgotten an eighth of this at a time, at most 1,024, so at least seven eighths of it are remembered.
    /// </summary>
    public int? Capacity { get; init; }

    /// <summary>How texts are encoded; the model's own way by default.</summary>
    public EncodeOptions Encoding { get; init; } = EncodeOptions.Default;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Capacity ?? 1, 1, nameof(Capacity));
        if (Threshold is not (>= -1 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(Threshold), Threshold, "The threshold is a cosine, from -1 to 1.");
        }
    }
}
