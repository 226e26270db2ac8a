namespace Semblance.Tokenizers.Normalizers;

/// <summary>
/// Writes a text with the origin of each character, as the reference does: a character that is left out is consumed by the character before
/// it, and ignored if there is none.
/// </summary>
internal ref struct StepWriter(NormalizedText text, ReadOnlySpan<char> old)
{
    private readonly ReadOnlySpan<char> _old = old;
    private int _character = -1;
    private int _change;

    /// <summary>Writes a part of the text unchanged.</summary>
    public void Keep(int from, int to)
    {
        if (to - from > 2)
        {
            Flush();
            if (text.Cursor == from)
            {
                var last = char.IsLowSurrogate(_old[to - 1]) ? to - 2 : to - 1;
                text.Keep(from, last);
                from = last;
            }
        }

        foreach (var rune in _old[from..to].EnumerateRunes())
        {
            Add(rune.Value, 0);
        }
    }

    /// <summary>Writes a replacement for a number of characters.</summary>
    public void Replace(int characters, string replacement)
    {
        var left = characters;
        foreach (var rune in replacement.EnumerateRunes())
        {
            Add(rune.Value, left-- > 0 ? 0 : 1);
        }

        if (left > 0 && _character >= 0)
        {
            _change -= left;
        }
    }

    /// <summary>Writes the pending character.</summary>
    public void Flush()
    {
        if (_character >= 0)
        {
            text.Write(_character, _change);
        }

        _character = -1;
    }

    private void Add(int character, int change)
    {
        Flush();
        (_character, _change) = (character, change);
    }
}
