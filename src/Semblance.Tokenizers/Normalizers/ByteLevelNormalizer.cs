using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>Every UTF-8 byte becomes the character that stands for it in byte-level vocabularies.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        var old = text.Rewrite();
        ByteAlphabet.Append(text, old, 0, old.Length);
    }
}
