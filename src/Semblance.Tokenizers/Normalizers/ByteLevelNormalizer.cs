using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>Replaces each UTF-8 byte with its character in byte-level vocabularies.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        var old = text.Rewrite();
        ByteAlphabet.Append(text, old, 0, old.Length);
    }
}
