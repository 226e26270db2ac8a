namespace Semblance.Tokenizers.Models;

/// <summary>
/// The tokens of words seen lately. Each word has one place in a table of fixed size, which the last comer takes, so
/// it is bounded, and any number of threads can use it without locks: an entry never changes.
/// </summary>
internal sealed class WordCache
{
    private const int Places = 1 << 13;
    private const int LongestWord = 48;

    private readonly Entry?[] _entries = new Entry?[Places];

    private sealed record Entry(string Word, int[] Ids, int[] Starts, int[] Ends);

    /// <summary>Appends the tokens of the word <c>text[start..end]</c> if they are known.</summary>
    public bool TryAppend(ReadOnlySpan<char> text, int start, int end, TokenList tokens)
    {
        var word = text[start..end];
        if (word.Length > LongestWord || _entries[PlaceOf(word)] is not { } entry || !word.SequenceEqual(entry.Word))
        {
            return false;
        }

        for (var i = 0; i < entry.Ids.Length; i++)
        {
            tokens.Add(entry.Ids[i], start + entry.Starts[i], start + entry.Ends[i]);
        }

        return true;
    }

    /// <summary>Keeps the tokens from <paramref name="first"/> on as those of the word <c>text[start..end]</c>.</summary>
    public void Store(ReadOnlySpan<char> text, int start, int end, TokenList tokens, int first)
    {
        var word = text[start..end];
        if (word.Length <= LongestWord && tokens.SurfaceCountFrom(first) == 0)
        {
            _entries[PlaceOf(word)] = new Entry(
                word.ToString(),
                tokens.Ids[first..].ToArray(),
                Array.ConvertAll(tokens.Starts[first..].ToArray(), place => place - start),
                Array.ConvertAll(tokens.Ends[first..].ToArray(), place => place - start));
        }
    }

    private static int PlaceOf(ReadOnlySpan<char> word)
    {
        var hash = (uint)word.Length;
        foreach (var unit in word)
        {
            hash = (hash ^ unit) * 0x9E3779B1;
        }

        return (int)(hash >> 19) & (Places - 1);
    }
}
