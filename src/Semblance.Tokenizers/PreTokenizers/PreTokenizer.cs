using Semblance.Files.Json;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>Splits a normalised text into the words that the model works on.</summary>
public abstract class PreTokenizer
{
    /// <summary>Gets the types of pre-tokenizers, to which a program can add its own.</summary>
    public static ComponentTypes<PreTokenizer> Types { get; } = new ComponentTypes<PreTokenizer>()
        .Add("BertPreTokenizer", _ => new BertPreTokenizer())
        .Add("ByteLevel", ByteLevel.Read, new KnownKeys().Honoured("add_prefix_space", "use_regex").Ignored("trim_offsets"))
        .Add("CharDelimiterSplit", CharacterSplit.ReadDelimiter, "delimiter")
        .Add("Digits", CharacterSplit.ReadDigits, "individual_digits")
        .Add("FixedLength", FixedLength.Read, "length")
        .Add("Metaspace", Metaspace.Read, Metaspace.Keys.Honoured("split"))
        .Add("Punctuation", CharacterSplit.ReadPunctuation, "behavior")
        .Add("Sequence", json => new PreTokenizerSequence([.. json.Parts("pretokenizers").Select(Read)]), "pretokenizers")
        .Add("Split", Splitting.Read, "behavior", "invert", "pattern")
        .Add("UnicodeScripts", _ => new UnicodeScripts())
        .Add("Whitespace", _ => new Whitespace())
        .Add("WhitespaceSplit", _ => CharacterSplit.AtWhiteSpace);

    /// <summary>Where a text can be cut so that the parts have the words of the whole.</summary>
    public virtual Locality Locality => Locality.Whole;

    /// <summary>True if only the characters at a place decide whether the text is split there.</summary>
    public virtual bool LooksAtCharacters => false;

    /// <summary>Replaces the words in <paramref name="words"/> that are no tokens yet by the words in them.</summary>
    public abstract void Split(NormalizedText text, WordList words);

    /// <summary>Makes a pre-tokenizer from a section of <c>tokenizer.json</c>.</summary>
    /// <param name="json">The section, with the <c>type</c> of the pre-tokenizer and its settings.</param>
    /// <exception cref="TokenizerFormatException">The type is missing or not supported, or a value is not valid.</exception>
    public static PreTokenizer Read(JsonSection json) => Types.Read(json);
}
