namespace Semblance.Training;

/// <summary>Every row once an epoch, in an order by chance.</summary>
/// <param name="rows">How many rows the data set has.</param>
/// <param name="batchSize">How many rows a batch has; the last has what is left.</param>
/// <param name="seed">Where chance begins.</param>
public sealed class DefaultBatchSampler(int rows, int batchSize, long seed = 0) : DatasetBatchSampler(rows, batchSize, seed)
{
    /// <summary>Whether the order is by chance; without, it is the data set's. True by default.</summary>
    public bool Shuffle { get; init; } = true;

    /// <inheritdoc/>
    public override IEnumerable<Batch> Batches(long epoch) => InOrder(Shuffle ? Permutation.Of(Rows, Seed, epoch) : [.. Enumerable.Range(0, Rows)]);

    /// <inheritdoc/>
    public override long Count(long epoch) => DropLast ? Rows / BatchSize : (Rows + BatchSize - 1L) / BatchSize;
}
