namespace Semblance;

/// <summary>Represents the options of <see cref="DuplicateDetector"/>.</summary>
public sealed record DuplicateOptions
{
    /// <summary>
    /// Gets the cosine similarity from which two vectors are duplicates; 0.95 by default. The best value depends on the model.
    /// </summary>
    public float Threshold { get; init; } = 0.95f;

    /// <summary>
    /// Gets the approximate maximum number of texts to remember, the latest ones that were not duplicates; <see langword="null"/>, the
    /// default, for all. The oldest are forgotten in blocks of an eighth of the capacity, at most 1,024, so at least seven eighths of it
    /// are remembered.
    /// </summary>
    public int? Capacity { get; init; }

    /// <summary>Gets the encoding options; the model's options by default.</summary>
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
