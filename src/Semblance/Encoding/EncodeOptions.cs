namespace Semblance;

/// <summary>How <see cref="SentenceTransformer"/> encodes; every default is what the model's own files say.</summary>
public sealed record EncodeOptions : TextOptions
{
    /// <summary>The defaults.</summary>
    public static EncodeOptions Default { get; } = new();

    /// <summary>Divides each vector by its length.</summary>
    public bool Normalize { get; init; }

    /// <summary>Keeps this many elements of each vector (Matryoshka models), before normalising; null for all.</summary>
    public int? Dimensions { get; init; }
}
