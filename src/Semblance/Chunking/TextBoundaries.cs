namespace Semblance.Chunking;

/// <summary>Finds the starts of sentences and words by punctuation, white space and East Asian scripts.</summary>
internal static class TextBoundaries
{
    private const string Stops = ".!?…";
    private const string FullWidthStops = "。！？；";
    private const string Closers = "\"'”’)]}»」』）】》";

    /// <summary>
    /// Returns the last position in (<paramref name="after"/>, <paramref name="until"/>] at which a sentence begins; -1 if there is none.
    /// </summary>
    public static int LastSentence(ReadOnlySpan<char> text, int after, int until)
    {
        while (until > after && !IsSentenceStart(text, until))
        {
            until--;
        }

        return until > after ? until : -1;
    }

    /// <summary>
    /// Returns the last position in (<paramref name="after"/>, <paramref name="until"/>] at which a word begins; -1 if there is none.
    /// </summary>
    public static int LastWord(ReadOnlySpan<char> text, int after, int until)
    {
        while (until > after && !IsWordStart(text, until))
        {
            until--;
        }

        return until > after ? until : -1;
    }

    /// <summary>
    /// Returns the first position in [<paramref name="from"/>, <paramref name="before"/>) at which a word begins; -1 if there is none.
    /// </summary>
    public static int FirstWord(ReadOnlySpan<char> text, int from, int before)
    {
        while (from < before && !IsWordStart(text, from))
        {
            from++;
        }

        return from < before ? from : -1;
    }

    /// <summary>Returns the position, or the one before it if the position is inside a surrogate pair.</summary>
    public static int Whole(ReadOnlySpan<char> text, int position) =>
        position > 0 && position < text.Length && char.IsSurrogatePair(text[position - 1], text[position]) ? position - 1 : position;

    private static bool IsWordStart(ReadOnlySpan<char> text, int position) =>
        position > 0 && position < text.Length && !char.IsWhiteSpace(text[position])
        && (char.IsWhiteSpace(text[position - 1])
            || ((IsEastAsian(text[position]) || IsEastAsian(text[position - 1])) && !char.IsPunctuation(text[position])
                && Whole(text, position) == position));

    // Looks back over white space and closing quotes only at the end of such a run, so that a long run is read once.
    private static bool IsSentenceStart(ReadOnlySpan<char> text, int position)
    {
        if (position <= 0 || position >= text.Length || char.IsWhiteSpace(text[position]) || Closers.Contains(text[position])
            || Stops.Contains(text[position]) || FullWidthStops.Contains(text[position]))
        {
            return false;
        }

        var before = text[..position];
        var words = before.TrimEnd();
        if (before[words.Length..].Count('\n') > 1)
        {
            return true; // an empty line
        }

        var isSpaced = words.Length < position;
        words = words.TrimEnd(Closers);
        return words.Length > 0
            && (FullWidthStops.Contains(words[^1]) || (isSpaced && Stops.Contains(words[^1]) && !char.IsLower(text[position])));
    }

    // Kana, ideographs, and those beyond the Basic Multilingual Plane: scripts without spaces between words.
    private static bool IsEastAsian(char c) => c is (>= '\u3040' and <= '\u30FF')
        or (>= '\u3400' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') or (>= '\uD840' and <= '\uD88D');
}
