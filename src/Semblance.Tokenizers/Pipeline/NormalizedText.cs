using System.Text;
using Semblance.Tokenizers.Normalizers;

namespace Semblance.Tokenizers;

/// <summary>
/// Represents a part of a text in the pipeline, with the position in the original text of each of its UTF-16 units. A normalizer changes it
/// in place, or calls <see cref="Rewrite"/> and then writes the new text with <see cref="Keep"/> and <see cref="Append"/>. Not thread-safe.
/// </summary>
public sealed class NormalizedText
{
    /// <summary>The maximum growth factor of a text, beyond a fixed part.</summary>
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

    internal NormalizedText()
    {
    }

    /// <summary>Gets the start of the part in the original text.</summary>
    internal int Start { get; private set; }

    /// <summary>Gets the combining characters that a normalizer has not written yet.</summary>
    internal CombiningRun Combining { get; } = new();

    /// <summary>Gets or sets the unit from which the last character with combining class 0 came.</summary>
    internal int LastStarter { get; set; }

    /// <summary>Gets the characters that a Unicode normalization form has not written yet.</summary>
    internal List<(int Character, int Change)> Parts { get; } = [];

    /// <summary>Gets the matches of a pattern in the text.</summary>
    internal List<(int Start, int End)> Matches { get; } = [];

    /// <summary>Gets the capacity in UTF-16 units.</summary>
    internal int Capacity => Math.Max(_text.Length, _previous.Length);

    /// <summary>Gets the current text.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>Gets the current text for changes that keep the position of every unit.</summary>
    public Span<char> InPlace => _text.AsSpan(0, _length);

    /// <summary>Loads a part of a text; lone surrogates become U+FFFD.</summary>
    /// <param name="source">The text.</param>
    /// <param name="start">The start of the part.</param>
    /// <param name="end">The end of the part.</param>
    /// <param name="path">The file of the tokenizer, for messages.</param>
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

    /// <summary>
    /// Starts to write the text again, with <see cref="Append"/> and <see cref="Keep"/>, and returns the old text, which is valid until the
    /// next call.
    /// </summary>
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
    /// Writes a character that consumes the next <c>1 - change</c> characters of the old text and comes from the first of them. With a
    /// positive <paramref name="change"/> it consumes none and comes from the character before.
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

    /// <summary>Consumes characters of the old text without writing them.</summary>
    internal void Skip(int characters)
    {
        for (; characters > 0 && _cursor < _previousLength; characters--)
        {
            _cursor += char.IsHighSurrogate(_previous[_cursor]) ? 2 : 1;
        }
    }

    /// <summary>Removes the last unit that was written.</summary>
    internal void RemoveLast() => _length--;

    /// <summary>Writes a part of the old text unchanged.</summary>
    /// <param name="from">The start of the part in the old text.</param>
    /// <param name="to">The end of the part in the old text.</param>
    /// <exception cref="TokenizerFormatException">The text has become more than 256 times as long as the original.</exception>
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

    /// <summary>Gets the number of units of the old text that are consumed.</summary>
    internal int Cursor => _cursor;

    /// <summary>Gets the number of units that are written.</summary>
    internal int Length => _length;

    /// <summary>Writes a character that comes from a unit of the old text.</summary>
    /// <param name="character">The code point.</param>
    /// <param name="from">The index of the unit in the old text.</param>
    /// <exception cref="TokenizerFormatException">The text has become more than 256 times as long as the original.</exception>
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

    /// <summary>Returns the position in the original text from which a unit came.</summary>
    /// <param name="index">The index of the unit in the current text.</param>
    public int OriginOf(int index) => _moved ? _origins[index] : Start + index;

    /// <summary>Returns the end, in the original text, of the character from which a unit came.</summary>
    internal int OriginEnd(ReadOnlySpan<char> source, int index)
    {
        var origin = OriginOf(index);
        return origin + 1 < source.Length && char.IsSurrogatePair(source[origin], source[origin + 1]) ? origin + 2 : origin + 1;
    }

    private void Grow<T>(ref T[] array, int length)
    {
        if (length > _longest)
        {
            throw new TokenizerFormatException(
                $"{_path}: the normalizer and pre-tokenizer make a text more than {MostGrowth} times as long; expected rules that do not.");
        }

        if (array.Length < length)
        {
            Array.Resize(ref array, Math.Max(length, array.Length * 2));
        }
    }
}
