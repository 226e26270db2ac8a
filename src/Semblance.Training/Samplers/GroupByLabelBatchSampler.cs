namespace Semblance.Training;

/// <summary>
/// Represents a sampler of batches with several labels and several rows of each, for losses that form triplets within a batch (batch hard,
/// batch all; Hermans, Beyer and Leibe 2017, arXiv:1703.07737).
/// </summary>
/// <remarks>
/// Labels take turns in random order, each with some of its rows, until only one label has rows left; those rows are skipped in this epoch,
/// and they differ from epoch to epoch. Consecutive turns have different labels, so every batch has at least two labels. The remaining rows
/// form a batch if they have two labels.
/// </remarks>
public sealed class GroupByLabelBatchSampler : DatasetBatchSampler
{
    private readonly int[][] _labels; // the rows of each label

    /// <summary>Initializes a new instance of the <see cref="GroupByLabelBatchSampler"/> class.</summary>
    /// <param name="labels">The label of each row.</param>
    /// <param name="batchSize">The number of rows of a batch, a multiple of <paramref name="rowsPerLabel"/>.</param>
    /// <param name="seed">The random seed.</param>
    /// <param name="rowsPerLabel">The number of rows of a label that are grouped together, at least 2.</param>
    /// <exception cref="ArgumentException">
    /// The batch size is not a multiple of the rows per label or has room for only one label, or fewer than two labels have enough rows.
    /// </exception>
    public GroupByLabelBatchSampler(IReadOnlyList<int> labels, int batchSize, long seed = 0, int rowsPerLabel = 2)
        : base(labels?.Count ?? throw new ArgumentNullException(nameof(labels)), batchSize, seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsPerLabel, 2);
        if (batchSize % rowsPerLabel != 0 || batchSize < 2 * rowsPerLabel)
        {
            throw new ArgumentException(
                $"A batch of {batchSize} rows cannot be made of {rowsPerLabel} rows of each of several labels; use a multiple of "
                + $"{rowsPerLabel} from {2 * rowsPerLabel}.",
                nameof(batchSize));
        }

        RowsPerLabel = rowsPerLabel;
        _labels =
        [
            .. Enumerable.Range(0, labels.Count)
                .GroupBy(row => labels[row])
                .Select(rows => rows.ToArray())
                .Where(rows => rows.Length >= rowsPerLabel),
        ];
        if (_labels.Length < 2)
        {
            throw new ArgumentException(
                $"A batch needs two labels with {rowsPerLabel} rows each, and of the {labels.Distinct().Count()} labels of {labels.Count} "
                + $"rows {(_labels.Length == 1 ? "one has" : "none has")} so many.",
                nameof(labels));
        }
    }

    /// <summary>Gets the number of rows of a label that are grouped together.</summary>
    public int RowsPerLabel { get; }

    /// <inheritdoc/>
    public override IEnumerable<Batch> Batches(long epoch)
    {
        var groups = new Queue<int[]>[_labels.Length];
        for (var label = 0; label < _labels.Length; label++)
        {
            var rows = _labels[label].ToArray();
            Permutation.Shuffle<int>(rows, Seed + label + 1, epoch);
            groups[label] = new(rows.Chunk(RowsPerLabel).Where(group => group.Length == RowsPerLabel));
        }

        int[] order = [.. Turns(groups, epoch).SelectMany(label => groups[label].Dequeue())];
        return InOrder(order).Where(batch => batch.Rows.Count > RowsPerLabel);
    }

    // The label of each turn, as long as two labels have rows; never the same label twice in a row.
    private IEnumerable<int> Turns(Queue<int[]>[] groups, long epoch)
    {
        int[] left = [.. Enumerable.Range(0, groups.Length)];
        var last = -1;
        for (var round = 0; left.Length > 1; round++)
        {
            Permutation.Shuffle<int>(left, Seed - round, epoch);
            if (left[0] == last)
            {
                (left[0], left[^1]) = (left[^1], left[0]);
            }

            foreach (var label in left)
            {
                yield return last = label;
            }

            left = [.. left.Where(label => groups[label].Count > 0)];
        }
    }

    /// <inheritdoc/>
    public override string WhyNoBatch(long epoch) =>
        NoFullBatch(
            $"{_labels.Sum(rows => rows.Length / RowsPerLabel * RowsPerLabel)} of the {Rows} rows are in groups of "
            + $"{RowsPerLabel} with one label");
}
