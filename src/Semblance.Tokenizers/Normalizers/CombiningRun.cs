using Semblance.Tokenizers.Unicode;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>
/// Combining characters that follow one another, to be put into canonical order. As in the reference the places in the
/// original text stay where they are: a character that moves takes over the place of the one whose turn it was.
/// </summary>
internal sealed class CombiningRun
{
    private readonly List<(int Character, int From, bool IsFirst)> _characters = [];
    private long[] _order = [];

    /// <summary>The number of characters in it.</summary>
    public int Count => _characters.Count;

    /// <summary>Appends a character.</summary>
    /// <param name="character">A character with a combining class other than 0.</param>
    /// <param name="from">The unit it came from.</param>
    /// <param name="isFirst">False for the further characters of a decomposition.</param>
    public void Add(int character, int from, bool isFirst) => _characters.Add((character, from, isFirst));

    /// <summary>Hands the characters out in canonical order and forgets them.</summary>
    /// <param name="from">The unit that the character before the run came from.</param>
    /// <param name="append">Takes a character and the unit that it counts as coming from.</param>
    public void Flush(int from, Action<int, int> append)
    {
        if (_order.Length < _characters.Count)
        {
            _order = new long[_characters.Count * 2];
        }

        var order = _order.AsSpan(0, _characters.Count);
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = ((long)CharacterData.CombiningClass(_characters[i].Character) << 32) | (uint)i;
        }

        order.Sort();
        var next = 0;
        foreach (var key in order)
        {
            var (character, _, isFirst) = _characters[(int)key];
            if (isFirst)
            {
                while (!_characters[next].IsFirst)
                {
                    next++;
                }

                from = _characters[next++].From;
            }

            append(character, from);
        }

        _characters.Clear();
    }
}
