namespace Semblance.Training;

/// <summary>Represents a loss over batches larger than memory: gradient caching (GradCache; Gao et al. 2021, arXiv:2101.06983).</summary>
/// <remarks>
/// The outputs are first computed in mini-batches without recording. The loss then gives the gradient of each output, and each mini-batch
/// is computed again, with recording, for the backward pass. The value and the gradients equal those of the wrapped loss; a batch costs one
/// additional forward pass. Only the outputs of the whole batch, and values derived from them such as a rows × rows similarity matrix, are
/// held at once. Dropout draws the same numbers both times that a mini-batch is computed, and different numbers for each mini-batch.
/// </remarks>
public class GradientCache : Objective
{
    /// <summary>The default maximum number of tokens of a mini-batch.</summary>
    public const int DefaultMiniBatchTokens = 8192;

    private readonly OutputLoss _loss;

    /// <summary>Initializes a new instance of the <see cref="GradientCache"/> class.</summary>
    /// <param name="loss">The loss of the whole batch.</param>
    /// <param name="miniBatchTokens">The maximum number of tokens of a mini-batch, which has at least one text.</param>
    public GradientCache(OutputLoss loss, int miniBatchTokens = DefaultMiniBatchTokens)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfLessThan(miniBatchTokens, 1);
        (_loss, MiniBatchTokens) = (loss, miniBatchTokens);
    }

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => _loss.OutputKind;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Gao];

    /// <inheritdoc/>
    public override OutputLoss Inner => _loss;

    /// <summary>Gets the maximum number of tokens of a mini-batch.</summary>
    public int MiniBatchTokens { get; }

    /// <inheritdoc/>
    // A Cached… class names its loss itself.
    public override string ToString() => GetType() == typeof(GradientCache) ? base.ToString() : Name;

    /// <inheritdoc/>
    public override double Backward(TrainingBatch batch)
    {
        // Batches are packed without padding, so texts need not be sorted by length.
        ArgumentNullException.ThrowIfNull(batch);
        return _loss.Backward(batch, input =>
        {
            var tokens = batch.Model.Tokenize(input);
            return MiniBatches([.. Enumerable.Range(0, tokens.Count).Select(tokens.Length)], MiniBatchTokens);
        });
    }

    /// <summary>Splits the texts of a column into mini-batches of limited size, each with at least one text.</summary>
    /// <param name="tokenCounts">The number of tokens of each text.</param>
    /// <param name="tokenBudget">The maximum number of tokens of a mini-batch.</param>
    internal static IReadOnlyList<Range> MiniBatches(IReadOnlyList<int> tokenCounts, int tokenBudget)
    {
        var ranges = new List<Range>();
        long tokens = 0;
        var first = 0;
        for (var row = 0; row < tokenCounts.Count; row++)
        {
            if (row > first && tokens + tokenCounts[row] > tokenBudget)
            {
                ranges.Add(first..row);
                (first, tokens) = (row, 0);
            }

            tokens += tokenCounts[row];
        }

        if (first < tokenCounts.Count)
        {
            ranges.Add(first..tokenCounts.Count);
        }

        return ranges;
    }
}
