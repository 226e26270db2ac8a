namespace Semblance.Training;

/// <summary>Represents a sampler that visits every row once per epoch, in random order.</summary>
/// <param name="rows">The number of rows of the data set.</param>
/// <param name="batchSize">The number of rows of a batch; the last batch has the remaining rows.</param>
/// <param name="seed">The random seed.</param>
public sealed class DefaultBatchSampler(int rows, int batchSize, long seed = 0) : DatasetBatchSampler(rows, batchSize, seed)
{
    /// <summary>
    /// Gets a value that indicates whether the rows are shuffled instead of kept in the order of the data set; <see langword="true"/> by
    /// default.
    /// </summary>
    public bool Shuffle { get; init; } = true;

    /// <inheritdoc/>
    public override IEnumerable<Batch> Batches(long epoch) =>
        InOrder(Shuffle ? Permutation.Of(Rows, Seed, epoch) : [.. Enumerable.Range(0, Rows)]);

    /// <inheritdoc/>
    public override long Count(long epoch) => DropLast ? Rows / BatchSize : (Rows + BatchSize - 1L) / BatchSize;
}
