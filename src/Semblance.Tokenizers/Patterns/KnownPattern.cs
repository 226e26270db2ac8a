using System.Buffers;
using System.Text.RegularExpressions;

namespace Semblance.Tokenizers.Patterns;

/// <summary>One of the usual regular expressions, compiled ahead of time.</summary>
/// <param name="regex">One of <see cref="KnownPatterns"/>: none of them takes more steps than in proportion to the text.</param>
internal sealed class KnownPattern(Regex regex) : TextPattern
{
    /// <summary>A run of white space.</summary>
    public static KnownPattern WhiteSpace { get; } = new(KnownPatterns.Find(KnownPatterns.WhiteSpaceSource)!);

    /// <summary>CLIP's words.</summary>
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

    /// <summary>.NET matches UTF-16 units, so every surrogate pair is shown to it as one character of the same kind.</summary>
    private void FindAllInPairs(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        var stand = ArrayPool<char>.Shared.Rent(text.Length);
        var places = ArrayPool<int>.Shared.Rent(text.Length + 1);
        try
        {
            var count = 0;
            for (var i = 0; i < text.Length; i++)
            {
                places[count] = i;
                stand[count++] = char.IsHighSurrogate(text[i]) && i + 1 < text.Length
                    ? StandIn.For(char.ConvertToUtf32(text[i], text[++i]))
                    : text[i];
            }

            places[count] = text.Length;
            foreach (var match in regex.EnumerateMatches(stand.AsSpan(0, count)))
            {
                matches.Add((places[match.Index], places[match.Index + match.Length]));
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(stand);
            ArrayPool<int>.Shared.Return(places);
        }
    }
}
