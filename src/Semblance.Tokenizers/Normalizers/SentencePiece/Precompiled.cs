using System.Buffers;
using System.Globalization;
using System.Text;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>
/// Applies the character map of a SentencePiece model as the reference does: to each grapheme of fewer than six bytes as a whole if it
/// begins with an entry of the map, otherwise to each character.
/// </summary>
internal sealed class Precompiled : Normalizer
{
    private const int LongestGrapheme = 6;

    private readonly CharacterMap _map;
    private readonly SearchValues<char> _unchanged;

    public Precompiled(CharacterMap map)
    {
        _map = map;
        _unchanged = SearchValues.Create(
            [.. Enumerable.Range(0, 128).Where(c => map.Find([(byte)c], out _) is null && c != '\r').Select(c => (char)c)]);
    }

    /// <inheritdoc/>
    public override Locality Locality => Locality.Words;

    /// <inheritdoc/>
    public override double Growth => Math.Max(1, _map.LongestReplacement);

    /// <summary>Reads a normalizer of type Precompiled.</summary>
    public static new Normalizer Read(JsonSection json)
    {
        var field = json.Optional("precompiled_charsmap");
        return field is not { } section || section.Text().Length == 0 ? new NormalizerSequence([]) : new Precompiled(CharacterMap.Read(section));
    }

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        if (!text.Text.ContainsAnyExcept(_unchanged))
        {
            return;
        }

        var old = text.Rewrite();
        var writer = new StepWriter(text, old);
        for (var i = 0; i < old.Length;)
        {
            // Plain ASCII; its last character can begin a grapheme with the next one.
            var plain = old[i..].IndexOfAnyExcept(_unchanged);
            plain = plain < 0 ? old.Length - i : plain - 1;
            if (plain > 0)
            {
                writer.Keep(i, i + plain);
                i += plain;
                continue;
            }

            var units = StringInfo.GetNextTextElementLength(old[i..]);
            WriteGrapheme(ref writer, old.Slice(i, units), i);
            i += units;
        }

        writer.Flush();
    }

    private void WriteGrapheme(ref StepWriter writer, ReadOnlySpan<char> grapheme, int from)
    {
        Span<byte> bytes = stackalloc byte[LongestGrapheme];
        if (System.Text.Encoding.UTF8.TryGetBytes(grapheme, bytes, out var count) && count < LongestGrapheme
            && _map.Find(bytes[..count], out _) is { } whole)
        {
            var characters = 0;
            foreach (var unit in grapheme)
            {
                characters += char.IsLowSurrogate(unit) ? 0 : 1;
            }

            writer.Replace(characters, whole);
            return;
        }

        for (var i = 0; i < grapheme.Length;)
        {
            Rune.DecodeFromUtf16(grapheme[i..], out var rune, out var units);
            if (_map.Find(bytes[..rune.EncodeToUtf8(bytes)], out _) is { } part)
            {
                writer.Replace(1, part);
            }
            else
            {
                writer.Keep(from + i, from + i + units);
            }

            i += units;
        }
    }
}
