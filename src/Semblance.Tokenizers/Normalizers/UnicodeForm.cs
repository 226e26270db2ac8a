using System.Text;
using Semblance.Tokenizers.Unicode;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>
/// Represents the Unicode normalization forms NFD, NFC, NFKD and NFKC (Unicode Standard Annex 15): decomposition, canonical order of
/// combining characters, and composition for NFC and NFKC.
/// </summary>
internal sealed class UnicodeForm(bool composes, bool compatibility) : Normalizer
{
    /// <inheritdoc/>
    public override Locality Locality => Locality.Words;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        if (IsNormal(text.Text))
        {
            return;
        }

        var old = text.Rewrite();
        text.Parts.Clear();
        var starter = 0;
        Span<int> room = stackalloc int[4];
        for (var i = 0; i < old.Length;)
        {
            Rune.DecodeFromUtf16(old[i..], out var rune, out var units);
            i += units;
            var change = 0;
            var parts = compatibility ? CompatibilityData.Decompose(rune.Value, room) : CharacterData.Decompose(rune.Value, room);
            foreach (var part in parts)
            {
                if (CharacterData.CombiningClass(part) == 0)
                {
                    Order(text.Parts, starter);
                    starter = text.Parts.Count + 1;
                }

                text.Parts.Add((part, change));
                change = 1;
            }
        }

        Order(text.Parts, starter);
        if (composes)
        {
            Compose(text);
        }
        else
        {
            foreach (var (character, change) in text.Parts)
            {
                text.Write(character, change);
            }
        }
    }

    /// <summary>Sorts the characters from <paramref name="from"/> on by combining class; the sort is stable.</summary>
    private static void Order(List<(int Character, int Change)> parts, int from)
    {
        if (parts.Count - from < 2)
        {
            return;
        }

        var ordered = parts.Skip(from).OrderBy(part => CharacterData.CombiningClass(part.Character)).ToArray();
        for (var i = 0; i < ordered.Length; i++)
        {
            parts[from + i] = ordered[i];
        }
    }

    private static void Compose(NormalizedText text)
    {
        var parts = text.Parts;
        for (var i = 0; i < parts.Count;)
        {
            var (character, change) = parts[i];
            var next = i + 1;
            if (CharacterData.CombiningClass(character) != 0)
            {
                text.Write(character, change);
                i = next;
                continue;
            }

            // Characters that did not compose are kept after the starter, in elements that have been read.
            var (kept, lastClass) = (i + 1, 0);
            for (; next < parts.Count; next++)
            {
                var (follower, followerChange) = parts[next];
                var followerClass = CharacterData.CombiningClass(follower);
                var composed = kept == i + 1 || lastClass < followerClass ? CompositionData.Compose(character, follower) : -1;
                if (composed >= 0)
                {
                    (character, change) = (composed, change + followerChange - 1);
                }
                else if (followerClass == 0)
                {
                    break;
                }
                else
                {
                    parts[kept++] = parts[next];
                    lastClass = followerClass;
                }
            }

            text.Write(character, change);
            for (var k = i + 1; k < kept; k++)
            {
                text.Write(parts[k].Character, parts[k].Change);
            }

            i = next;
        }
    }

    /// <summary>Returns whether the text is certain to stay unchanged.</summary>
    private bool IsNormal(ReadOnlySpan<char> text)
    {
        if (!composes || compatibility)
        {
            return !text.ContainsAnyExceptInRange('\0', compatibility ? '\u009F' : '\u00BF');
        }

        foreach (var unit in text)
        {
            if (unit >= 0x300 && unit is not ((>= '\u2010' and <= '\u2027') or (>= '\u3000' and <= '\u3029')
                or (>= '\u3030' and <= '\u3098') or (>= '\u309B' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7A3')
                or (>= '\uFF01' and <= '\uFF9F')))
            {
                return false;
            }
        }

        return true;
    }
}
