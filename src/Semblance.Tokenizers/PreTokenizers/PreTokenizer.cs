using Semblance.Files.Json;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PreTokenizers;

/// <summary>
/// Represents a pre-tokenizer, which splits a normalized text into the words that the model tokenizes. Implementations are thread-safe; a
/// program can derive its own and add it to <see cref="Types"/>.
/// </summary>
public abstract class PreTokenizer
{
    /// <summary>Gets the types of pre-tokenizers, to which a program can add its own.</summary>
    public static ComponentTypes<PreTokenizer> Types { get; } = new ComponentTypes<PreTokenizer>()
        .Add("BertPreTokenizer", _ => new BertPreTokenizer())
        .Add("ByteLevel", ByteLevel.Read, new KnownKeys().Supported("add_prefix_space", "use_regex").Ignored("trim_offsets"))
        .Add("CharDelimiterSplit", CharacterSplit.ReadDelimiter, "delimiter")
        .Add("Digits", CharacterSplit.ReadDigits, "individual_digits")
        .Add("FixedLength", FixedLength.Read, "length")
        .Add("Metaspace", Metaspace.Read, Metaspace.Keys.Supported("split"))
        .Add("Punctuation", CharacterSplit.ReadPunctuation, "behavior")
        .Add("Sequence", json => new PreTokenizerSequence([.. json.Parts("pretokenizers").Select(Read)]), "pretokenizers")
        .Add("Split", Splitting.Read, "behavior", "invert", "pattern")
        .Add("UnicodeScripts", _ => new UnicodeScripts())
        .Add("Whitespace", _ => new Whitespace())
        .Add("WhitespaceSplit", _ => CharacterSplit.AtWhiteSpace);

    /// <summary>
    /// Gets the positions at which a text can be split so that the parts have the same words as the whole; none by default.
    /// </summary>
    public virtual Locality Locality => Locality.Whole;

    /// <summary>
    /// Gets a value that indicates whether only the characters at a position decide whether the text is split there;
    /// <see langword="false"/> by default.
    /// </summary>
    public virtual bool LooksAtCharacters => false;

    /// <summary>Replaces each word that is not a token already by the words in it.</summary>
    /// <param name="text">The normalized text, which the pre-tokenizer can change.</param>
    /// <param name="words">The words, which <see cref="WordList.Restart"/> returns and <see cref="WordList.Add"/> replaces.</param>
    public abstract void Split(NormalizedText text, WordList words);

    /// <summary>Makes a pre-tokenizer from a section of <c>tokenizer.json</c>.</summary>
    /// <param name="json">The section, with the <c>type</c> of the pre-tokenizer and its settings.</param>
    /// <exception cref="TokenizerFormatException">The type is missing or not supported, or a value is not valid.</exception>
    public static PreTokenizer Read(JsonSection json) => Types.Read(json);
}
