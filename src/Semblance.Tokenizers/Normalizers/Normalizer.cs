using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>
/// Represents a normalizer, which rewrites a text before it is split: the first component of the pipeline. Implementations are thread-safe;
/// a program can derive its own and add it to <see cref="Types"/>.
/// </summary>
public abstract class Normalizer
{
    /// <summary>Gets the types of normalizers, to which a program can add its own.</summary>
    public static ComponentTypes<Normalizer> Types { get; } = new ComponentTypes<Normalizer>()
        .Add("BertNormalizer", BertNormalizer.Read, "clean_text", "handle_chinese_chars", "lowercase", "strip_accents")
        .Add("ByteLevel", _ => new ByteLevelNormalizer())
        .Add("Lowercase", _ => new Lowercase())
        .Add("NFC", _ => new UnicodeForm(composes: true, compatibility: false))
        .Add("NFD", _ => new UnicodeForm(composes: false, compatibility: false))
        .Add("NFKC", _ => new UnicodeForm(composes: true, compatibility: true))
        .Add("NFKD", _ => new UnicodeForm(composes: false, compatibility: true))
        .Add("Nmt", _ => new Nmt())
        .Add("Precompiled", Precompiled.Read, "precompiled_charsmap")
        .Add("Prepend", json => new Prepend(json.Text("prepend")), "prepend")
        .Add("Replace", Replace.Read, "content", "pattern")
        .Add("Sequence", json => new NormalizerSequence([.. json.Parts("normalizers").Select(Read)]), "normalizers")
        .Add("Strip", Strip.Read, "strip_left", "strip_right")
        .Add("StripAccents", _ => new StripAccents());

    /// <summary>
    /// Gets the positions at which a text can be split so that the parts have the same characters as the whole; none by default.
    /// </summary>
    public virtual Locality Locality => Locality.Whole;

    /// <summary>
    /// Gets the maximum ratio of the length of the result to that of the text that the settings of the component cause; the rules of
    /// Unicode count as 1, the default.
    /// </summary>
    public virtual double Growth => 1;

    /// <summary>Rewrites the text.</summary>
    /// <param name="text">The text, which is changed.</param>
    public abstract void Normalize(NormalizedText text);

    /// <summary>Makes a normalizer from a section of <c>tokenizer.json</c>.</summary>
    /// <param name="json">The section, with the <c>type</c> of the normalizer and its settings.</param>
    /// <exception cref="TokenizerFormatException">The type is missing or not supported, or a value is not valid.</exception>
    public static Normalizer Read(JsonSection json) => Types.Read(json);
}
