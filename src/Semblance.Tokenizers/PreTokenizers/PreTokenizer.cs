using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Splits a normalised text into the words that the model works on.</summary>
internal abstract class PreTokenizer
{
    /// <summary>True if a text cut before white space or punctuation gives the same words as the whole.</summary>
    public virtual bool IsLocal => false;

    /// <summary>Replaces the words in <paramref name="words"/> that are no tokens yet by the words in them.</summary>
    public abstract void Split(NormalizedText text, WordList words);

    /// <summary>Reads the <c>pre_tokenizer</c> of a tokenizer.json.</summary>
    public static PreTokenizer Read(JsonSection json) => json.Type() switch
    {
        "BertPreTokenizer" => new BertPreTokenizer(),
        var type => throw json.Unsupported(type, "BertPreTokenizer"),
    };
}
