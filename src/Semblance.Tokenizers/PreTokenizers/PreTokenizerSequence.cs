namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Applies pre-tokenizers one after another, each to the words of the previous one.</summary>
internal sealed class PreTokenizerSequence(PreTokenizer[] preTokenizers) : PreTokenizer
{
    public override Locality Locality { get; } =
        preTokenizers.Any(one => one.Locality >= Locality.Words)
        && preTokenizers.All(one => one.Locality >= Locality.Words || one.LooksAtCharacters)
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
