using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Ranking with a guide: cross-entropy over the batch's similarities as in <see cref="MultipleNegativesRankingLoss"/>, without the candidates
/// that a guide model finds nearer than the positive, and with other anchors and other positives as further negatives (Solatorio 2024,
/// arXiv:2402.16829). Two or more text columns: anchor, positive, and any number of hard negatives; no labels;
/// <see cref="LossInput.GuideEmbeddings"/> of the same texts.
/// </summary>
/// <param name="temperature">What similarities are divided by.</param>
/// <param name="marginStrategy">How <paramref name="margin"/> is meant.</param>
/// <param name="margin">How much less near than the positive a candidate counts as false negative already.</param>
/// <param name="contrastAnchors">Whether other anchors are negatives of an anchor.</param>
/// <param name="contrastPositives">Whether other positives are negatives of a positive.</param>
/// <remarks>A vector is never its own negative, whatever the guide finds.</remarks>
public sealed class GISTEmbedLoss(
    float temperature = 0.01f,
    MarginStrategy marginStrategy = MarginStrategy.Absolute,
    float margin = 0,
    bool contrastAnchors = true,
    bool contrastPositives = true) : Loss
{
    /// <summary>Gets what similarities are divided by.</summary>
    public float Temperature { get; } = Positive(temperature);

    /// <summary>Gets how <see cref="Margin"/> is meant.</summary>
    public MarginStrategy MarginStrategy { get; } = marginStrategy;

    /// <summary>Gets how much less near than the positive a candidate counts as false negative already.</summary>
    public float Margin { get; } = Finite(margin);

    /// <summary>Gets whether other anchors are negatives of an anchor.</summary>
    public bool ContrastAnchors { get; } = contrastAnchors;

    /// <summary>Gets whether other positives are negatives of a positive.</summary>
    public bool ContrastPositives { get; } = contrastPositives;

    /// <summary>The guide model, which encodes each batch's texts too; null where <see cref="LossInput.GuideEmbeddings"/> are given.</summary>
    public SentenceTransformer? Guide { get; init; }

    internal override IReadOnlyList<Tensor>? GuideEmbeddings(TrainingBatch batch) =>
        Guide is null ? null : [.. Enumerable.Range(0, batch.Columns).Select(column => Guide.Encode(batch.Texts(column), cancellationToken: batch.Cancellation).Vectors)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Solatorio];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2);
        var guide = input.RequireGuide(this);
        var rows = input.Rows;
        if (rows == 1 && input.Embeddings.Count == 2)
        {
            throw new LossInputException($"{Name} has no negatives in a batch of one row; use larger batches or leave the last short one out.");
        }

        var positives = GuideSimilarities(run, guide, 0, 1);
        var thresholds = new float[rows];
        for (var row = 0; row < rows; row++)
        {
            var own = positives.Row(row)[row];
            thresholds[row] = own - (MarginStrategy == MarginStrategy.Absolute ? Margin : Math.Abs(own) * Margin);
        }

        Tensor Block(int from, int to)
        {
            var guided = GuideSimilarities(run, guide, from, to).Values.ToArray();
            var scores = run.Similarities(input.Embeddings[from], input.Embeddings[to], SimilarityFunction.Cosine);
            return run.LeaveOut(scores, (row, other) => row == other && to < 2 ? from == to : guided[(row * rows) + other] > thresholds[row]);
        }

        var blocks = new List<Tensor> { Block(0, 1) };
        if (ContrastAnchors)
        {
            blocks.Add(Block(0, 0));
        }

        if (ContrastPositives)
        {
            blocks.Add(Block(1, 1));
        }

        for (var negative = 2; negative < input.Embeddings.Count; negative++)
        {
            blocks.Add(Block(0, negative));
        }

        return run.CrossEntropy(run.Scale(run.ConcatenateColumns(blocks), 1 / Temperature), Enumerable.Range(0, rows));
    }

    private static Tensor GuideSimilarities(Computation run, IReadOnlyList<Tensor> guide, int from, int to) =>
        run.Similarities(guide[from], guide[to], SimilarityFunction.Cosine);
}
