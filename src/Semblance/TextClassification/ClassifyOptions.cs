namespace Semblance;

/// <summary>Provides the options of <see cref="TextClassifier"/>.</summary>
public sealed record ClassifyOptions : TextOptions
{
    /// <summary>Gets the default options.</summary>
    public static ClassifyOptions Default { get; } = new();

    /// <summary>
    /// Gets the number of labels to return for each text; null for 1, or, if a text can have several labels, for those that reach their
    /// thresholds.
    /// </summary>
    public int? TopK { get; init; }

    /// <summary>
    /// Gets the threshold of all labels if a text can have several; null for the thresholds of the model. A label is returned if its score
    /// is not below.
    /// </summary>
    public float? Threshold { get; init; }

    internal override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(TopK ?? 1, 1, nameof(TopK));
        if (float.IsNaN(Threshold ?? 0))
        {
            throw new ArgumentOutOfRangeException(nameof(Threshold), Threshold, "The threshold is not a number.");
        }
    }
}
