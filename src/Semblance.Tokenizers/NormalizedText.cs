using System.Text;
using Semblance.Tokenizers.Normalizers;

namespace Semblance.Tokenizers;

/// <summary>
/// A part of a text on its way through the pipeline, and for each of its UTF-16 units the place in the original text
/// that it came from. The buffers are reused from part to part.
/// </summary>
internal sealed class NormalizedText
{
    private char[] _text = new char[256];
    private char[] _previous = new char[256];
    private int[] _origins = [];
    private int[] _previousOrigins = [];
    private int _length;
    private bool _moved;

    /// <summary>Where the part begins in the original text.</summary>
    public int Start { get; private set; }

    /// <summary>Combining characters that a normalizer has yet to write.</summary>
    public CombiningRun Combining { get; } = new();

    /// <summary>The unit that the last character with combining class 0 came from.</summary>
    public int LastStarter { get; set; }

    /// <summary>The number of UTF-16 units that there is room for.</summary>
    public int Capacity => Math.Max(_text.Length, _previous.Length);

    /// <summary>The text as it is now.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>The text as it is now, for changes that keep every unit's place.</summary>
    public Span<char> InPlace => _text.AsSpan(0, _length);

    /// <summary>Takes a part of a text; lone surrogates become U+FFFD.</summary>
    public void Load(ReadOnlySpan<char> source, int start, int end)
    {
        (Start, _moved, _length) = (start, false, end - start);
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
        (_length, _moved, LastStarter) = (0, true, 0);
        return old;
    }

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
    public int OriginEnd(ReadOnlySpan<char> source, int index)
    {
        var origin = OriginOf(index);
        return origin + 1 < source.Length && char.IsSurrogatePair(source[origin], source[origin + 1]) ? origin + 2 : origin + 1;
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, Math.Max(length, array.Length * 2));
        }
    }
}
