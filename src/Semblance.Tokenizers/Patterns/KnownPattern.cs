using System.Buffers;
using System.Text.RegularExpressions;

namespace Semblance.Tokenizers.Patterns;

/// <summary>Represents one of the common regular expressions, compiled ahead of time.</summary>
/// <param name="regex">One of <see cref="KnownPatterns"/>, each of which takes a number of steps proportional to the text.</param>
internal sealed class KnownPattern(Regex regex) : TextPattern
{
    /// <summary>Gets the pattern of a sequence of white space.</summary>
    public static KnownPattern WhiteSpace { get; } = new(KnownPatterns.Find(KnownPatterns.WhiteSpaceSource)!);

    /// <summary>Gets the pattern of the words of CLIP.</summary>
    public static KnownPattern Clip { get; } = new(KnownPatterns.Find(KnownPatterns.ClipSource)!);

    /// <inheritdoc/>
    public override Locality Locality => Locality.Words;

    /// <inheritdoc/>
    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        matches.Clear();
        if (text.ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            FindAllInPairs(text, matches);
            return;
        }

        foreach (var match in regex.EnumerateMatches(text))
        {
            matches.Add((match.Index, match.Index + match.Length));
        }
    }

    /// <summary>Finds matches with one character of the same category for each surrogate pair, because .NET matches UTF-16 units.</summary>
    private void FindAllInPairs(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        var stand = ArrayPool<char>.Shared.Rent(text.Length);
        var positions = ArrayPool<int>.Shared.Rent(text.Length + 1);
        try
        {
            var count = 0;
            for (var i = 0; i < text.Length; i++)
            {
                positions[count] = i;
                stand[count++] = char.IsHighSurrogate(text[i]) && i + 1 < text.Length
                    ? StandIn.For(char.ConvertToUtf32(text[i], text[++i]))
                    : text[i];
            }

            positions[count] = text.Length;
            foreach (var match in regex.EnumerateMatches(stand.AsSpan(0, count)))
            {
                matches.Add((positions[match.Index], positions[match.Index + match.Length]));
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(stand);
            ArrayPool<int>.Shared.Return(positions);
        }
    }
}
