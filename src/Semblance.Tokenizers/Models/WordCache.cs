namespace Semblance.Tokenizers.Models;

/// <summary>
/// Caches the tokens of recent words. Each word has one slot in a table of fixed size, which the latest word takes. The cache is bounded,
/// and thread-safe without locks, because an entry never changes.
/// </summary>
internal sealed class WordCache
{
    private const int Slots = 1 << 13;
    private const int LongestWord = 48;

    private readonly Entry?[] _entries = new Entry?[Slots];

    private sealed record Entry(string Word, int[] Ids, int[] Starts, int[] Ends);

    /// <summary>Appends the tokens of the word <c>text[start..end]</c> if they are cached.</summary>
    public bool TryAppend(ReadOnlySpan<char> text, int start, int end, TokenList tokens)
    {
        var word = text[start..end];
        if (word.Length > LongestWord || _entries[SlotOf(word)] is not { } entry || !word.SequenceEqual(entry.Word))
        {
            return false;
        }

        for (var i = 0; i < entry.Ids.Length; i++)
        {
            tokens.Add(entry.Ids[i], start + entry.Starts[i], start + entry.Ends[i]);
        }

        return true;
    }

    /// <summary>Caches the tokens from <paramref name="first"/> on as the tokens of the word <c>text[start..end]</c>.</summary>
    public void Store(ReadOnlySpan<char> text, int start, int end, TokenList tokens, int first)
    {
        var word = text[start..end];
        if (word.Length <= LongestWord && tokens.SurfaceCountFrom(first) == 0)
        {
            _entries[SlotOf(word)] = new Entry(
                word.ToString(),
                tokens.Ids[first..].ToArray(),
                Array.ConvertAll(tokens.Starts[first..].ToArray(), offset => offset - start),
                Array.ConvertAll(tokens.Ends[first..].ToArray(), offset => offset - start));
        }
    }

    private static int SlotOf(ReadOnlySpan<char> word)
    {
        var hash = (uint)word.Length;
        foreach (var unit in word)
        {
            hash = (hash ^ unit) * 0x9E3779B1;
        }

        return (int)(hash >> 19) & (Slots - 1);
    }
}
