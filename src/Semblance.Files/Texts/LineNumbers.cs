namespace Semblance.Files;

/// <summary>Remembers the lines that texts come from, in little memory if most texts come from consecutive lines.</summary>
public sealed class LineNumbers
{
    // The texts whose line does not follow the line of the text before.
    private readonly List<(long Index, long Line)> _jumps = [];
    private long _count;
    private long _last;

    /// <summary>Gets the number of the line that a text comes from.</summary>
    /// <param name="index">The zero-based index of a text that has been added.</param>
    public long this[long index] => _jumps.FindLastIndex(jump => jump.Index <= index) is >= 0 and var place
        ? _jumps[place].Line + index - _jumps[place].Index
        : index + 1;

    /// <summary>Adds the line of the next text.</summary>
    /// <param name="line">The number of the line, from 1.</param>
    public void Add(long line)
    {
        if (line != _last + 1)
        {
            _jumps.Add((_count, line));
        }

        (_last, _count) = (line, _count + 1);
    }
}
