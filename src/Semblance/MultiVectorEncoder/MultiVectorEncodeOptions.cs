namespace Semblance;

/// <summary>How <see cref="MultiVectorEncoder"/> encodes; every default is what the model's own files say.</summary>
public sealed record MultiVectorEncodeOptions : TextOptions
{
    /// <summary>The defaults.</summary>
    public static MultiVectorEncodeOptions Default { get; } = new();
}
