using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>Rewrites a text before it is split: the first component of the pipeline.</summary>
internal abstract class Normalizer
{
    /// <summary>
    /// True if a text cut before white space or punctuation gives the same characters as the whole. Long texts of such
    /// pipelines are worked off in pieces.
    /// </summary>
    public virtual bool IsLocal => false;

    /// <summary>Rewrites the text.</summary>
    public abstract void Normalize(NormalizedText text);

    /// <summary>Reads the <c>normalizer</c> of a tokenizer.json.</summary>
    public static Normalizer Read(JsonSection json) => json.Type() switch
    {
        "BertNormalizer" => BertNormalizer.Read(json),
        "Lowercase" => new Lowercase(),
        "Sequence" => new NormalizerSequence([.. json.Required("normalizers").Items().Select(Read)]),
        var type => throw json.Unsupported(type, "BertNormalizer, Lowercase, Sequence"),
    };
}
