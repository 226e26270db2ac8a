namespace Semblance.Training;

/// <summary>
/// Represents a sampler that visits every row once per epoch, in random order, with a limited number of tokens per batch. A row that
/// exceeds the limit is a batch by itself.
/// </summary>
/// <param name="tokenCounts">The number of tokens of each row.</param>
/// <param name="tokens">The maximum number of tokens of a batch.</param>
/// <param name="seed">The random seed.</param>
public sealed class TokenBudgetBatchSampler(IReadOnlyList<int> tokenCounts, int tokens, long seed = 0) : BatchSampler(seed)
{
    private readonly IReadOnlyList<int> _tokenCounts = tokenCounts is { Count: > 0 }
        ? tokenCounts
        : throw new ArgumentException("The data set has no rows; is it the right file, and are all its rows skipped?", nameof(tokenCounts));

    /// <summary>Gets the maximum number of tokens of a batch.</summary>
    public int Tokens { get; } =
        tokens > 0 ? tokens : throw new ArgumentOutOfRangeException(nameof(tokens), tokens, "A batch must hold at least one token.");

    /// <summary>
    /// Gets a value that indicates whether the rows are shuffled instead of kept in the order of the data set; <see langword="true"/> by
    /// default.
    /// </summary>
    public bool Shuffle { get; init; } = true;

    /// <inheritdoc/>
    public override IEnumerable<Batch> Batches(long epoch)
    {
        var order = Shuffle ? Permutation.Of(_tokenCounts.Count, Seed, epoch) : [.. Enumerable.Range(0, _tokenCounts.Count)];
        for (int first = 0, end; first < order.Length; first = end)
        {
            long sum = _tokenCounts[order[first]];
            for (end = first + 1; end < order.Length && sum + _tokenCounts[order[end]] <= Tokens; end++)
            {
                sum += _tokenCounts[order[end]];
            }

            yield return new Batch(order[first..end]);
        }
    }
}
