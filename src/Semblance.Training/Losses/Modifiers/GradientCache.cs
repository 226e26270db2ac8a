namespace Semblance.Training;

/// <summary>
/// A loss over batches larger than memory (GradCache; Gao et al. 2021, arXiv:2101.06983): the outputs are made in
/// mini-batches without recording, the loss gives the gradient of each output, and each mini-batch is computed once more, recording, to carry
/// it to the parameters. Value and gradients are those of the loss itself; a batch costs one more forward pass.
/// </summary>
/// <remarks>
/// Of the whole batch only the outputs are held at once, and what the loss makes of them, such as rows × rows similarities. Dropout draws the
/// same numbers both times that a mini-batch is computed, and others for each mini-batch.
/// </remarks>
public class GradientCache : Objective
{
    /// <summary>The maximum number of tokens of a mini-batch by default.</summary>
    public const int DefaultMiniBatchTokens = 8192;

    private readonly OutputLoss _loss;

    /// <summary>Wraps a loss.</summary>
    /// <param name="loss">The loss of the whole batch.</param>
    /// <param name="miniBatchTokens">The maximum number of tokens that are computed at once; a mini-batch has at least one text.</param>
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

    /// <summary>Gets the maximum number of tokens that are computed at once.</summary>
    public int MiniBatchTokens { get; }

    /// <inheritdoc/>
    public override string ToString() => GetType() == typeof(GradientCache) ? base.ToString() : Name; // a Cached… names its loss itself

    /// <inheritdoc/>
    public override double Backward(TrainingBatch batch)
    {
        // Batches are packed, so texts need not be sorted by length: none is padded.
        ArgumentNullException.ThrowIfNull(batch);
        return _loss.Backward(batch, input =>
        {
            var tokens = batch.Model.Tokenize(input);
            return MiniBatches([.. Enumerable.Range(0, tokens.Count).Select(tokens.Length)], MiniBatchTokens);
        });
    }

    /// <summary>Divides the texts of a column into runs of at most so many tokens, each of at least one text.</summary>
    /// <param name="tokenCounts">The tokens of each text.</param>
    /// <param name="tokenBudget">The most tokens of a mini-batch.</param>
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
