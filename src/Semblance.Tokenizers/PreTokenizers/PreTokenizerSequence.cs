namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Pre-tokenizers one after the other, each on the words of the one before.</summary>
internal sealed class PreTokenizerSequence(PreTokenizer[] preTokenizers) : PreTokenizer
{
    /// <inheritdoc/>
    public override Locality Locality { get; } =
        preTokenizers.Any(one => one.Locality >= Locality.Words) && preTokenizers.All(one => one.Locality >= Locality.Words || one.LooksAtCharacters)
            ? Locality.Words
            : Locality.Whole;

    /// <inheritdoc/>
    public override void Split(NormalizedText text, WordList words)
    {
        foreach (var preTokenizer in preTokenizers)
        {
            preTokenizer.Split(text, words);
        }
    }
}
