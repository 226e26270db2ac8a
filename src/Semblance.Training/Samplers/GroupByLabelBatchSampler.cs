namespace Semblance.Training;

/// <summary>
/// Batches in which each label has several rows, and there are several labels: for losses that make triplets of a batch
/// (batch hard, batch all; Hermans, Beyer and Leibe 2017, arXiv:1703.07737).
/// </summary>
/// <remarks>The rows of a label are put together by chance, a few at a time; those left over sit out the epoch.</remarks>
public sealed class GroupByLabelBatchSampler : DatasetBatchSampler
{
    private readonly int[][] _labels; // the rows of each

    /// <summary>Groups rows by their labels.</summary>
    /// <param name="labels">The label of each row.</param>
    /// <param name="batchSize">How many rows a batch has, a multiple of <paramref name="rowsPerLabel"/>.</param>
    /// <param name="seed">Where chance begins.</param>
    /// <param name="rowsPerLabel">How many rows of a label are put together, at least 2.</param>
    /// <exception cref="ArgumentException">The batch size is no multiple of the rows per label, or no label has so many rows.</exception>
    public GroupByLabelBatchSampler(IReadOnlyList<int> labels, int batchSize, long seed = 0, int rowsPerLabel = 2)
        : base(labels?.Count ?? throw new ArgumentNullException(nameof(labels)), batchSize, seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsPerLabel, 2);
        if (batchSize % rowsPerLabel != 0)
        {
            throw new ArgumentException($"A batch of {batchSize} rows cannot be made of {rowsPerLabel} rows of each label; use a multiple.", nameof(batchSize));
        }

        RowsPerLabel = rowsPerLabel;
        _labels = [.. Enumerable.Range(0, labels.Count).GroupBy(row => labels[row]).Select(rows => rows.ToArray()).Where(rows => rows.Length >= rowsPerLabel)];
        if (_labels.Length == 0)
        {
            throw new ArgumentException($"No label has {rowsPerLabel} rows, so no two of a label can be in one batch.", nameof(labels));
        }
    }

    /// <summary>How many rows of a label are put together.</summary>
    public int RowsPerLabel { get; }

    /// <inheritdoc/>
    public override IEnumerable<Batch> Batches(long epoch)
    {
        var groups = new List<int[]>();
        for (var label = 0; label < _labels.Length; label++)
        {
            var rows = _labels[label].ToArray();
            Permutation.Shuffle<int>(rows, Seed + label + 1, epoch);
            groups.AddRange(rows.Chunk(RowsPerLabel).Where(group => group.Length == RowsPerLabel));
        }

        var order = Permutation.Of(groups.Count, Seed, epoch);
        return InOrder([.. order.SelectMany(group => groups[group])]);
    }

    /// <inheritdoc/>
    public override string WhyNoBatch(long epoch) =>
        NoFullBatch($"{_labels.Sum(rows => rows.Length / RowsPerLabel * RowsPerLabel)} of the {Rows} rows are in groups of {RowsPerLabel} with one label");
}
