namespace Semblance.Training;

/// <summary>
/// Returns the first sentences of a text, the usual baseline of summaries: news tell the most important first (Nallapati et al. 2017,
/// arXiv:1611.04230).
/// </summary>
public static class LeadSentences
{
    /// <summary>Returns the first sentences of a text, one on each line.</summary>
    /// <param name="text">The text. A sentence ends at a full stop, exclamation or question mark, or at the end of a line.</param>
    /// <param name="count">The maximum number of sentences; 3 by default.</param>
    public static string Of(string text, int count = 3)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var sentences = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).SelectMany(Split);
        return string.Join('\n', sentences.Take(count));
    }

    private static IEnumerable<string> Split(string line)
    {
        var start = 0;
        for (var place = 1; place < line.Length; place++)
        {
            if (!char.IsWhiteSpace(line[place]) && SentencePieces.StartsSentence(line, place))
            {
                yield return line[start..place].TrimEnd();
                start = place;
            }
        }

        yield return line[start..];
    }
}
