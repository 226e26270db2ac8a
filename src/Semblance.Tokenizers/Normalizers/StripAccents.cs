using System.Globalization;
using System.Text;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>Removes combining marks; this strips accents after a decomposition (NFD, NFKD).</summary>
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
