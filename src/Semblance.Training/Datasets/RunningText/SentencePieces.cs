using Semblance.Tokenizers;

namespace Semblance.Training;

/// <summary>
/// Splits lines into sentences, sentences with too many tokens between words, and words with too many tokens between tokens.
/// </summary>
/// <param name="tokenizer">The tokenizer that counts the tokens.</param>
/// <param name="room">The maximum number of tokens of a piece.</param>
internal sealed class SentencePieces(Tokenizer tokenizer, int room)
{
    private const string EndsBeforeSpace = ".!?…";
    private const string Ends = "。！？；";
    private const string Closes = "\"'”’»)]}」』）】";

    /// <summary>Returns the pieces of a line, which cover the whole line unless it has no tokens.</summary>
    /// <param name="line">The line, without white space at its ends.</param>
    /// <param name="buffer">The buffer for the tokens.</param>
    public List<SentencePiece> Of(string line, TokenBuffer buffer)
    {
        var pieces = new List<SentencePiece>();
        tokenizer.Encode(line, null, 0, specialTokens: false, buffer);
        var (start, count) = (0, buffer.Count);
        int Place(int token) => token < count ? buffer.Offsets[token].Start : line.Length;
        for (int first = 0, end; first < count; first = end)
        {
            for (end = first + 1;
                end < count && end - first <= room && !(StartsWord(buffer, end) && StartsSentence(line, Place(end)));
                end++)
            {
            }

            var inWord = false;
            if (end - first > room)
            {
                (end, inWord) = Cut(buffer, first);
            }

            pieces.Add(new SentencePiece(start, Place(end), end - first));
            start = Place(end);
            if (inWord)
            {
                while (++end < count && !StartsWord(buffer, end))
                {
                }

                // The rest of a word has other tokens on its own than within the word.
                pieces.AddRange(
                    Of(line[start..Place(end)], new TokenBuffer()).Select(
                        piece => piece with { Start = piece.Start + start, End = piece.End + start }));
                start = Place(end);
            }
        }

        return pieces;
    }

    private (int End, bool InWord) Cut(TokenBuffer buffer, int first)
    {
        for (var end = first + room; end > first; end--)
        {
            if (StartsWord(buffer, end))
            {
                return (end, false);
            }
        }

        for (var end = first + room; end > first; end--)
        {
            if (Parted(buffer, end))
            {
                return (end, true);
            }
        }

        return (buffer.Count, false); // one character with too many tokens
    }

    private bool StartsWord(TokenBuffer buffer, int token) =>
        Parted(buffer, token) && tokenizer.IdToToken(buffer.Ids[token]) is not ['#', '#', _, ..];

    // Two tokens can come from one character.
    private static bool Parted(TokenBuffer buffer, int token) => buffer.Offsets[token].Start >= buffer.Offsets[token - 1].End;

    /// <summary>Returns whether a sentence begins at a place of a line that is not white space.</summary>
    internal static bool StartsSentence(string line, int place)
    {
        var end = place;
        while (end > 0 && char.IsWhiteSpace(line[end - 1]))
        {
            end--;
        }

        var afterSpace = end < place;
        if (!afterSpace && (Closes.Contains(line[place]) || Ends.Contains(line[place]) || EndsBeforeSpace.Contains(line[place])))
        {
            return false; // still the end of the previous sentence
        }

        while (end > 0 && Closes.Contains(line[end - 1]))
        {
            end--;
        }

        return end > 0 && (Ends.Contains(line[end - 1]) || (afterSpace && EndsBeforeSpace.Contains(line[end - 1])));
    }
}
