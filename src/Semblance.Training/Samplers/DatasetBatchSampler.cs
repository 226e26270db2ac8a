namespace Semblance.Training;

/// <summary>Represents a sampler of one data set.</summary>
public abstract class DatasetBatchSampler : BatchSampler
{
    private protected DatasetBatchSampler(int rows, int batchSize, long seed)
        : base(seed)
    {
        if (rows < 1)
        {
            throw new ArgumentException("The data set has no rows; is it the right file, and are all its rows skipped?", nameof(rows));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        (Rows, BatchSize) = (rows, batchSize);
    }

    /// <summary>Gets the number of rows of the data set.</summary>
    public int Rows { get; }

    /// <summary>Gets the maximum number of rows of a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Gets a value that indicates whether incomplete batches are dropped; <see langword="false"/> by default.</summary>
    public bool DropLast { get; init; }

    /// <inheritdoc/>
    public override string WhyNoBatch(long epoch) => NoFullBatch($"the data set has {Rows} rows");

    private protected string NoFullBatch(string reason) =>
        $"There is no full batch: {reason}, and a batch has {BatchSize}. Use a smaller batch size, or keep incomplete batches.";

    private protected IEnumerable<Batch> InOrder(IReadOnlyList<int> rows)
    {
        for (var first = 0; first < rows.Count - (DropLast ? BatchSize - 1 : 0); first += BatchSize)
        {
            yield return new Batch([.. rows.Skip(first).Take(BatchSize)]);
        }
    }
}
