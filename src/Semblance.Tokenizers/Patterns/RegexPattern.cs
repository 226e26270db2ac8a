using System.Buffers;
using System.Text.RegularExpressions;
using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Patterns;

/// <summary>A regular expression over code points.</summary>
internal sealed class RegexPattern : TextPattern
{
    // An expression from a stranger's file could take for ever.
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(30);

    private readonly Regex _regex;

    private RegexPattern(Regex regex, bool isKnown) => (_regex, Locality) = (regex, isKnown ? Locality.Words : Locality.Whole);

    /// <summary>A run of white space.</summary>
    public static RegexPattern WhiteSpace { get; } = new(KnownPatterns.Find(KnownPatterns.WhiteSpaceSource)!, isKnown: true);

    /// <summary>CLIP's words.</summary>
    public static RegexPattern Clip { get; } = new(KnownPatterns.Find(KnownPatterns.ClipSource)!, isKnown: true);

    /// <inheritdoc/>
    public override Locality Locality { get; }

    /// <summary>Reads a regular expression.</summary>
    public static new RegexPattern Read(JsonSection json)
    {
        var source = json.Text();
        if (KnownPatterns.Find(source) is { } known)
        {
            return new RegexPattern(known, isKnown: true);
        }

        try
        {
            const RegexOptions Options = RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.Compiled;
            return new RegexPattern(new Regex(RegexTranslation.Translate(source), Options, LongestMatch), isKnown: false);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            throw json.Error($"the regular expression '{source}' is not supported: {exception.Message.TrimEnd('.')}");
        }
    }

    /// <inheritdoc/>
    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        matches.Clear();
        if (text.ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            FindAllInPairs(text, matches);
            return;
        }

        foreach (var match in _regex.EnumerateMatches(text))
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
            foreach (var match in _regex.EnumerateMatches(stand.AsSpan(0, count)))
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
