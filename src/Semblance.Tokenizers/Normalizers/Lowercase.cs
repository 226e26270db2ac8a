using System.Text;
using Semblance.Tokenizers.Unicode;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>Converts a text to lower case, character by character and independent of language and context.</summary>
internal sealed class Lowercase : Normalizer
{
    /// <inheritdoc/>
    public override Locality Locality => Locality.Punctuation;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        if (Ascii.IsValid(text.Text))
        {
            Ascii.ToLowerInPlace(text.InPlace, out _);
            return;
        }

        var old = text.Rewrite();
        for (var i = 0; i < old.Length;)
        {
            Rune.DecodeFromUtf16(old[i..], out var rune, out var units);
            Append(text, rune.Value, i);
            i += units;
        }
    }

    /// <summary>Writes a character in lower case.</summary>
    public static void Append(NormalizedText text, int character, int from)
    {
        text.Append(CharacterData.ToLower(character), from);
        if (character == 0x130)
        {
            text.Append(0x307, from);
        }
    }
}
