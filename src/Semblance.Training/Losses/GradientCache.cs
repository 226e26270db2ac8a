using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Any loss of sentence vectors over batches larger than memory (GradCache; Gao et al. 2021, arXiv:2101.06983): the vectors are made in
/// mini-batches without recording, the loss gives the gradient of each vector, and each mini-batch is computed once more, recording, to carry
/// it to the parameters. Value and gradients are those of the loss itself; a batch costs one more forward pass.
/// </summary>
/// <remarks>
/// Of the whole batch only the vectors are held at once, and what the loss makes of them, such as rows × rows similarities. Dropout draws the
/// same numbers both times that a mini-batch is computed, and others for each mini-batch.
/// </remarks>
public class GradientCache : Objective
{
    /// <summary>How many tokens a mini-batch has at most, unless something else is asked for.</summary>
    public const int DefaultMiniBatchTokens = 8192;

    private readonly Loss _loss;

    /// <summary>Wraps a loss.</summary>
    /// <param name="loss">The loss of the whole batch.</param>
    /// <param name="miniBatchTokens">The most tokens that are computed at once; a mini-batch has at least one text.</param>
    public GradientCache(Loss loss, int miniBatchTokens = DefaultMiniBatchTokens)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentOutOfRangeException.ThrowIfLessThan(miniBatchTokens, 1);
        (_loss, MiniBatchTokens) = (loss, miniBatchTokens);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Gao];

    /// <inheritdoc/>
    public override Loss Inner => _loss;

    /// <summary>Gets the most tokens that are computed at once.</summary>
    public int MiniBatchTokens { get; }

    /// <inheritdoc/>
    public override string ToString() => GetType() == typeof(GradientCache) ? base.ToString() : Name; // a Cached… names its loss itself

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => _loss.Parameters();

    /// <inheritdoc/>
    public override void Save(ITrainableModel model, string folder, DType weights = DType.F32) => _loss.Save(model, folder, weights);

    /// <inheritdoc/>
    public override double Backward(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var parts = Enumerable.Range(0, batch.Columns).SelectMany(column => Parts(batch, column)).ToArray();
        Tensor[] embeddings = [.. Enumerable.Range(0, batch.Columns).Select(_ => Tensor.Zeros(batch.Rows.Count, batch.Model.FullDimension))];
        for (var part = 0; part < parts.Length; part++)
        {
            using var run = batch.StartPart(part, recording: false);
            var (column, rows) = parts[part];
            Embed(run, batch, column, rows).Values.CopyTo(embeddings[column].Writable[(rows.Start.Value * batch.Model.FullDimension)..]);
        }

        var value = Backward(batch, embeddings);
        for (var part = 0; part < parts.Length; part++)
        {
            var (column, rows) = parts[part];
            if (embeddings[column].Gradient is { } gradient)
            {
                using var run = batch.StartPart(part, recording: true);
                var vectors = Embed(run, batch, column, rows);
                run.Backward(vectors, Tensor.From(gradient.Values.Slice(rows.Start.Value * vectors.Columns, vectors.Length), vectors.Shape));
            }
        }

        return value;
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

    // The loss of the whole batch, and the gradients of its vectors.
    private double Backward(TrainingBatch batch, Tensor[] embeddings)
    {
        foreach (var column in embeddings)
        {
            column.RequiresGradient = true;
        }

        using var run = batch.Start();
        var loss = _loss.Forward(run, batch.Input(embeddings) with { GuideEmbeddings = _loss.GuideEmbeddings(batch) });
        run.Backward(loss, Tensor.From([batch.Scale], 1));
        return loss.Values[0];
    }

    // Batches are packed, so texts need not be sorted by length: none is padded.
    private IEnumerable<(int Column, Range Rows)> Parts(TrainingBatch batch, int column)
    {
        var tokens = batch.Model.Tokenize(batch.Texts(column), batch.Prompt(column), batch.Route(column)).Batch;
        return MiniBatches([.. Enumerable.Range(0, batch.Rows.Count).Select(tokens.Length)], MiniBatchTokens).Select(rows => (column, rows));
    }

    private static Tensor Embed(Computation run, TrainingBatch batch, int column, Range rows) =>
        batch.Model.Forward(run, batch.Texts(column)[rows], batch.Prompt(column), batch.Route(column));
}
