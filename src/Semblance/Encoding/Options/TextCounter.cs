namespace Semblance;

/// <summary>
/// Counts the texts that are encoded with options that have this counter (<see cref="TextOptions.Counter"/>), over any number of calls.
/// Members are thread-safe.
/// </summary>
public sealed class TextCounter
{
    private long _count;
    private long _tokenCount;
    private long _truncatedCount;
    private int _limit;

    /// <summary>Gets the number of texts, or pairs of texts.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Gets the number of tokens that were encoded, special tokens and prompts included.</summary>
    public long TokenCount => Interlocked.Read(ref _tokenCount);

    /// <summary>Gets the number of texts that were longer than the maximum sequence length, so that their ends were left out.</summary>
    public long TruncatedCount => Interlocked.Read(ref _truncatedCount);

    /// <summary>Gets the maximum sequence length, in tokens, of the truncated texts; 0 if there are none.</summary>
    public int Limit => Volatile.Read(ref _limit);

    internal void Add(IReadOnlyList<int> tokenCounts, IReadOnlyList<bool> truncated, int limit)
    {
        Interlocked.Add(ref _count, tokenCounts.Count);
        Interlocked.Add(ref _tokenCount, tokenCounts.Sum(count => (long)count));
        if (truncated.Count(isTruncated => isTruncated) is > 0 and var cut)
        {
            Interlocked.Add(ref _truncatedCount, cut);
            Volatile.Write(ref _limit, limit);
        }
    }
}
