using System.Text;
using Semblance.Tokenizers.Normalizers;

namespace Semblance.Tokenizers;

/// <summary>
/// A part of a text on its way through the pipeline, and for each of its UTF-16 units the place in the original text
/// that it came from. The buffers are reused from part to part.
/// </summary>
public sealed class NormalizedText
{
    /// <summary>How many times as long as a text its normalised form may be, beyond a fixed part.</summary>
    internal const int MostGrowth = 256;

    private char[] _text = new char[256];
    private char[] _previous = new char[256];
    private int[] _origins = [];
    private int[] _previousOrigins = [];
    private int _length;
    private int _previousLength;
    private int _cursor;
    private bool _moved;
    private int _longest;
    private string _path = "";

    /// <summary>Where the part begins in the original text.</summary>
    internal int Start { get; private set; }

    /// <summary>Combining characters that a normalizer has yet to write.</summary>
    internal CombiningRun Combining { get; } = new();

    /// <summary>The unit that the last character with combining class 0 came from.</summary>
    internal int LastStarter { get; set; }

    /// <summary>Characters that a Unicode normalization form has yet to write.</summary>
    internal List<(int Character, int Change)> Parts { get; } = [];

    /// <summary>What a pattern matches in the text.</summary>
    internal List<(int Start, int End)> Matches { get; } = [];

    /// <summary>The number of UTF-16 units that there is room for.</summary>
    internal int Capacity => Math.Max(_text.Length, _previous.Length);

    /// <summary>The text as it is now.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>The text as it is now, for changes that keep every unit's place.</summary>
    public Span<char> InPlace => _text.AsSpan(0, _length);

    /// <summary>Takes a part of a text; lone surrogates become U+FFFD.</summary>
    /// <param name="source">The text.</param>
    /// <param name="start">The start of the part.</param>
    /// <param name="end">Its end.</param>
    /// <param name="path">The tokenizer's file, for messages.</param>
    internal void Load(ReadOnlySpan<char> source, int start, int end, string path)
    {
        (Start, _moved, _length, _path) = (start, false, end - start, path);
        _longest = (int)Math.Min(Array.MaxLength, ((long)MostGrowth * _length) + (1 << 16));
        if (_text.Length < _length)
        {
            _text = new char[_length];
        }

        var text = InPlace;
        source[start..end].CopyTo(text);
        for (var i = text.IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                i++;
            }
            else
            {
                text[i] = '\uFFFD';
            }
        }
    }

    /// <summary>Begins to write the text anew, with <see cref="Append"/>, from what this returns.</summary>
    public ReadOnlySpan<char> Rewrite()
    {
        if (!_moved)
        {
            Grow(ref _origins, _length);
            for (var i = 0; i < _length; i++)
            {
                _origins[i] = Start + i;
            }
        }

        (_text, _previous, _origins, _previousOrigins) = (_previous, _text, _previousOrigins, _origins);
        var old = _previous.AsSpan(0, _length);
        (_previousLength, _cursor, _length, _moved, LastStarter) = (_length, 0, 0, true, 0);
        return old;
    }

    /// <summary>
    /// Writes a character that takes up, in the order of the text being rewritten, <c>1 - change</c> of its characters and
    /// stems from the first of them; a positive <paramref name="change"/> takes up none and stems from the one before.
    /// </summary>
    internal void Write(int character, int change)
    {
        if (change > 0)
        {
            Append(character, Math.Max(_cursor - 1, 0));
            return;
        }

        Append(character, Math.Min(_cursor, _previousLength - 1));
        Skip(1 - change);
    }

    /// <summary>Leaves characters of the text being rewritten out.</summary>
    internal void Skip(int characters)
    {
        for (; characters > 0 && _cursor < _previousLength; characters--)
        {
            _cursor += char.IsHighSurrogate(_previous[_cursor]) ? 2 : 1;
        }
    }

    /// <summary>Takes the last unit back.</summary>
    internal void RemoveLast() => _length--;

    /// <summary>Writes a part of the text being rewritten as it is.</summary>
    public void Keep(int from, int to)
    {
        var count = to - from;
        Grow(ref _text, _length + count);
        Grow(ref _origins, _length + count);
        _previous.AsSpan(from, count).CopyTo(_text.AsSpan(_length));
        _previousOrigins.AsSpan(from, count).CopyTo(_origins.AsSpan(_length));
        _length += count;
        _cursor = to;
    }

    /// <summary>How much of the text being rewritten is taken up.</summary>
    internal int Cursor => _cursor;

    /// <summary>The number of units written so far.</summary>
    internal int Length => _length;

    /// <summary>Writes a character that stems from unit <paramref name="from"/> of the text being rewritten.</summary>
    public void Append(int character, int from)
    {
        Grow(ref _text, _length + 2);
        Grow(ref _origins, _length + 2);
        var origin = _previousOrigins[from];
        if (character < 0x10000)
        {
            _text[_length] = (char)character;
            _origins[_length++] = origin;
        }
        else
        {
            new Rune(character).EncodeToUtf16(_text.AsSpan(_length));
            _origins[_length++] = origin;
            _origins[_length++] = origin;
        }
    }

    /// <summary>Where unit <paramref name="index"/> came from in the original text.</summary>
    public int OriginOf(int index) => _moved ? _origins[index] : Start + index;

    /// <summary>The end, in the original text, of the character that unit <paramref name="index"/> came from.</summary>
    internal int OriginEnd(ReadOnlySpan<char> source, int index)
    {
        var origin = OriginOf(index);
        return origin + 1 < source.Length && char.IsSurrogatePair(source[origin], source[origin + 1]) ? origin + 2 : origin + 1;
    }

    private void Grow<T>(ref T[] array, int length)
    {
        if (length > _longest)
        {
            throw new TokenizerFormatException($"{_path}: the normalizer and pre-tokenizer make a text more than {MostGrowth} times as long; no tokenizer needs that.");
        }

        if (array.Length < length)
        {
            Array.Resize(ref array, Math.Max(length, array.Length * 2));
        }
    }
}
