namespace Semblance;

/// <summary>Provides the options of <see cref="SparseEncoder"/> for encoding. The defaults are the settings in the model's files.</summary>
public sealed record SparseEncodeOptions : TextOptions
{
    /// <summary>Gets the default options.</summary>
    public static SparseEncodeOptions Default { get; } = new();

    /// <summary>Gets the maximum number of nonzero elements of each vector, of which the largest are kept; null for all.</summary>
    public int? MaxActiveDimensions { get; init; }

    internal override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxActiveDimensions ?? 1, 1, nameof(MaxActiveDimensions));
    }
}
