using System.Buffers.Binary;
using System.Text.Unicode;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>
/// Represents the <c>precompiled_charsmap</c> of a SentencePiece model: the size of a double-array trie (Darts) in bytes, the trie from
/// byte strings to offsets, and a list of zero-terminated replacements.
/// </summary>
internal sealed class CharacterMap
{
    private readonly uint[] _units;
    private readonly Dictionary<int, string> _replacements = [];

    private CharacterMap(uint[] units) => _units = units;

    /// <summary>Gets the length of the longest replacement in UTF-16 units.</summary>
    public int LongestReplacement { get; private set; }

    /// <summary>Reads a map in Base64.</summary>
    public static CharacterMap Read(JsonSection json)
    {
        try
        {
            return Read(Convert.FromBase64String(json.Text()), json.Error);
        }
        catch (FormatException exception) when (exception is not TokenizerFormatException)
        {
            throw json.Error("is not valid Base64");
        }
    }

    /// <summary>Reads a map.</summary>
    /// <param name="content">The map.</param>
    /// <param name="error">Creates the exception for an error.</param>
    public static CharacterMap Read(ReadOnlySpan<byte> content, Func<string, TokenizerFormatException> error)
    {
        var size = content.Length < 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(content);
        if (size > content.Length - 4 || size % 4 != 0 || size == 0)
        {
            throw error($"a character map of {content.Length} bytes gives its trie {size} bytes");
        }

        var units = new uint[size / 4];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(content[(4 + (i * 4))..]);
        }

        var map = new CharacterMap(units);
        var texts = content[(4 + (int)size)..];
        var left = (2L * texts.Length) + 4096; // overlapping replacements could have far more characters than the file
        foreach (var unit in units)
        {
            var place = (int)(unit & int.MaxValue);
            if (unit >> 31 == 1 && !map._replacements.ContainsKey(place))
            {
                var length = place < texts.Length ? texts[place..].IndexOf((byte)0) : -1;
                if (length < 0 || !Utf8.IsValid(texts.Slice(place, length)))
                {
                    throw error($"the trie of a character map points to {place}, where there is no replacement");
                }

                left -= length;
                if (left < 0)
                {
                    throw error($"the trie of a character map points to more than the {texts.Length} bytes of its replacements");
                }

                var replacement = System.Text.Encoding.UTF8.GetString(texts.Slice(place, length));
                map._replacements[place] = replacement;
                map.LongestReplacement = Math.Max(map.LongestReplacement, replacement.Length);
            }
        }

        return map;
    }

    /// <summary>Returns the replacement of the shortest entry that <paramref name="key"/> begins with, or <see langword="null"/>.</summary>
    public string? Find(ReadOnlySpan<byte> key, out int length) => Find(key, longest: false, out length);

    /// <summary>Returns the replacement of the longest entry that <paramref name="key"/> begins with, or <see langword="null"/>.</summary>
    public string? FindLongest(ReadOnlySpan<byte> key, out int length) => Find(key, longest: true, out length);

    private string? Find(ReadOnlySpan<byte> key, bool longest, out int length)
    {
        string? found = null;
        length = 0;
        var position = Offset(_units[0]);
        for (var i = 0; i < key.Length; i++)
        {
            position ^= key[i];
            if (position >= (uint)_units.Length || (_units[position] & 0x800000FF) != key[i])
            {
                break;
            }

            var unit = _units[position];
            position ^= Offset(unit);
            if ((unit >> 8 & 1) == 1 && position < (uint)_units.Length
                && _replacements.TryGetValue((int)(_units[position] & int.MaxValue), out var replacement))
            {
                (found, length) = (replacement, i + 1);
                if (!longest)
                {
                    break;
                }
            }
        }

        return found;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & (1 << 9)) >> 6);
}
