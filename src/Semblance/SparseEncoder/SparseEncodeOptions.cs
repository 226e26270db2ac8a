namespace Semblance;

/// <summary>How <see cref="SparseEncoder"/> encodes; every default is what the model's own files say.</summary>
public sealed record SparseEncodeOptions : TextOptions
{
    /// <summary>The defaults.</summary>
    public static SparseEncodeOptions Default { get; } = new();

    /// <summary>Keeps at most this many elements of each vector, the largest; null for all that the model gives.</summary>
    public int? MaxActiveDimensions { get; init; }

    internal override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxActiveDimensions ?? 1, 1, nameof(MaxActiveDimensions));
    }
}
