namespace Semblance.Training;

/// <summary>
/// Every row once an epoch, in an order by chance, as many in a batch as have no more tokens together than a step can hold. A row that
/// has more alone is a batch alone.
/// </summary>
/// <param name="tokenCounts">The number of tokens of each row.</param>
/// <param name="tokens">The most tokens of a batch.</param>
/// <param name="seed">Where chance begins.</param>
public sealed class TokenBudgetBatchSampler(IReadOnlyList<int> tokenCounts, int tokens, long seed = 0) : BatchSampler(seed)
{
    private readonly IReadOnlyList<int> _tokenCounts = tokenCounts is { Count: > 0 }
        ? tokenCounts
        : throw new ArgumentException("The data set has no rows; is it the right file, and are all its rows skipped?", nameof(tokenCounts));

    /// <summary>The most tokens of a batch.</summary>
    public int Tokens { get; } = tokens > 0 ? tokens : throw new ArgumentOutOfRangeException(nameof(tokens), tokens, "A batch must hold at least one token.");

    /// <summary>Whether the order is by chance; without, it is the data set's. True by default.</summary>
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
