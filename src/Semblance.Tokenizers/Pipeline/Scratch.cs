namespace Semblance.Tokenizers;

/// <summary>The working memory of a <see cref="Pipeline"/> run.</summary>
internal sealed class Scratch
{
    /// <summary>The part of the text being worked on.</summary>
    public NormalizedText Text { get; } = new();

    /// <summary>Its words.</summary>
    public WordList Words { get; } = new();
}
