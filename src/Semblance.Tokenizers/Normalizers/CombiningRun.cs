using Semblance.Tokenizers.Unicode;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>
/// Represents consecutive combining characters, which are put into canonical order. As in the reference, the positions in the original text
/// keep their order: a character that moves takes the position of the character whose place it takes.
/// </summary>
internal sealed class CombiningRun
{
    private readonly List<(int Character, int From, bool IsFirst)> _characters = [];
    private long[] _order = [];
    private (int Character, int From)[] _ordered = [];

    /// <summary>Gets the number of characters.</summary>
    public int Count => _characters.Count;

    /// <summary>Appends a character.</summary>
    /// <param name="character">A character with a combining class other than 0.</param>
    /// <param name="from">The unit from which it came.</param>
    /// <param name="isFirst"><see langword="false"/> for the second and later characters of a decomposition.</param>
    public void Add(int character, int from, bool isFirst) => _characters.Add((character, from, isFirst));

    /// <summary>Returns the characters in canonical order, each with the unit from which it counts as coming.</summary>
    /// <param name="from">The unit that the character before the run came from.</param>
    public ReadOnlySpan<(int Character, int From)> Ordered(int from)
    {
        var count = _characters.Count;
        if (_order.Length < count)
        {
            _order = new long[count * 2];
            _ordered = new (int, int)[count * 2];
        }

        var order = _order.AsSpan(0, count);
        for (var i = 0; i < count; i++)
        {
            order[i] = ((long)CharacterData.CombiningClass(_characters[i].Character) << 32) | (uint)i;
        }

        order.Sort();
        var next = 0;
        for (var i = 0; i < count; i++)
        {
            var (character, _, isFirst) = _characters[(int)order[i]];
            if (isFirst)
            {
                while (!_characters[next].IsFirst)
                {
                    next++;
                }

                from = _characters[next++].From;
            }

            _ordered[i] = (character, from);
        }

        return _ordered.AsSpan(0, count);
    }

    /// <summary>Removes all characters.</summary>
    public void Clear() => _characters.Clear();
}
