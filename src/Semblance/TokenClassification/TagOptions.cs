namespace Semblance;

/// <summary>Provides the options of <see cref="TokenClassifier"/>.</summary>
public sealed record TagOptions : TextOptions
{
    /// <summary>Gets the default options.</summary>
    public static TagOptions Default { get; } = new();

    /// <summary>
    /// Gets the way in which the labels of tokens become entities; <see cref="AggregationStrategy.Simple"/> by default. Choose
    /// <see cref="AggregationStrategy.First"/> for entities of whole words.
    /// </summary>
    public AggregationStrategy Aggregation { get; init; }

    /// <summary>Gets the labels, or types, that are no entities; <c>O</c> by default.</summary>
    public IReadOnlyList<string> IgnoredLabels { get; init; } = ["O"];

    /// <summary>
    /// Gets the number of tokens that two windows of a long text share, less than the tokens of a window; null, the default, for a quarter
    /// of the maximum sequence length.
    /// </summary>
    public int? Stride { get; init; }

    internal override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfNegative(Stride ?? 0, nameof(Stride));
        if (!Enum.IsDefined(Aggregation))
        {
            throw new ArgumentOutOfRangeException(nameof(Aggregation), Aggregation, "The aggregation strategy is not defined.");
        }
    }
}
