using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Splits a normalised text into the words that the model works on.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Where a text can be cut so that the parts have the words of the whole.</summary>
    public virtual Locality Locality => Locality.Whole;

    /// <summary>True if only the characters at a place decide whether the text is split there.</summary>
    public virtual bool LooksAtCharacters => false;

    /// <summary>Replaces the words in <paramref name="words"/> that are no tokens yet by the words in them.</summary>
    public abstract void Split(NormalizedText text, WordList words);

    /// <summary>Reads the <c>pre_tokenizer</c> of a tokenizer.json.</summary>
    public static PreTokenizer Read(JsonSection json) => json.Type(TokenizerKeys.PreTokenizers) switch
    {
        "BertPreTokenizer" => new BertPreTokenizer(),
        "ByteLevel" => ByteLevel.Read(json),
        "CharDelimiterSplit" => CharacterSplit.ReadDelimiter(json),
        "Digits" => CharacterSplit.ReadDigits(json),
        "FixedLength" => FixedLength.Read(json),
        "Metaspace" => Metaspace.Read(json),
        "Punctuation" => CharacterSplit.ReadPunctuation(json),
        "Split" => Splitting.Read(json),
        "UnicodeScripts" => new UnicodeScripts(),
        "Whitespace" => new Whitespace(),
        "WhitespaceSplit" => CharacterSplit.AtWhiteSpace,
        _ => new PreTokenizerSequence([.. json.Parts("pretokenizers").Select(Read)]),
    };
}
