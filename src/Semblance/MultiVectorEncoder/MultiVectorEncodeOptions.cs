namespace Semblance;

/// <summary>
/// Provides the options of <see cref="MultiVectorEncoder"/> for encoding. The defaults are the settings in the model's files.
/// </summary>
public sealed record MultiVectorEncodeOptions : TextOptions
{
    /// <summary>Gets the default options.</summary>
    public static MultiVectorEncodeOptions Default { get; } = new();
}
