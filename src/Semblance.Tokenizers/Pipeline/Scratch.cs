namespace Semblance.Tokenizers;

/// <summary>Represents the working memory of a <see cref="Pipeline"/>.</summary>
internal sealed class Scratch
{
    /// <summary>Gets the part of the text that is processed.</summary>
    public NormalizedText Text { get; } = new();

    /// <summary>Gets the words of the part.</summary>
    public WordList Words { get; } = new();
}
