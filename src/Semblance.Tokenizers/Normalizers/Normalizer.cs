using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>Rewrites a text before it is split: the first component of the pipeline.</summary>
internal abstract class Normalizer
{
    /// <summary>Where a text can be cut so that the parts give the characters of the whole.</summary>
    public virtual Locality Locality => Locality.Whole;

    /// <summary>How many times as long as a text the result can be by what the file says; Unicode's own rules count as 1.</summary>
    public virtual double Growth => 1;

    /// <summary>Rewrites the text.</summary>
    public abstract void Normalize(NormalizedText text);

    /// <summary>Reads the <c>normalizer</c> of a tokenizer.json.</summary>
    public static Normalizer Read(JsonSection json) => json.Type(TokenizerKeys.Normalizers) switch
    {
        "BertNormalizer" => BertNormalizer.Read(json),
        "ByteLevel" => new ByteLevelNormalizer(),
        "Lowercase" => new Lowercase(),
        "NFC" => new UnicodeForm(composes: true, compatibility: false),
        "NFD" => new UnicodeForm(composes: false, compatibility: false),
        "NFKC" => new UnicodeForm(composes: true, compatibility: true),
        "NFKD" => new UnicodeForm(composes: false, compatibility: true),
        "Nmt" => new Nmt(),
        "Precompiled" => Precompiled.Read(json),
        "Prepend" => new Prepend(json.Text("prepend")),
        "Replace" => Replace.Read(json),
        "Strip" => Strip.Read(json),
        "StripAccents" => new StripAccents(),
        _ => new NormalizerSequence([.. json.Parts("normalizers").Select(Read)]),
    };
}
