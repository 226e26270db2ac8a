using System.Globalization;
using System.Text;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>Takes combining marks out; accents come off if a decomposition (NFD, NFKD) goes before.</summary>
internal sealed class StripAccents : Normalizer
{
    /// <inheritdoc/>
    public override Locality Locality => Locality.Words;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        if (!text.Text.ContainsAnyExceptInRange('\0', '\u02FF'))
        {
            return;
        }

        var old = text.Rewrite();
        for (var i = 0; i < old.Length;)
        {
            Rune.DecodeFromUtf16(old[i..], out var rune, out var units);
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark))
            {
                text.Keep(i, i + units);
            }

            i += units;
        }
    }
}
