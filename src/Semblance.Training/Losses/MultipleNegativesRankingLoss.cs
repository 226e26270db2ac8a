using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Each anchor finds its positive among all positives and hard negatives of the batch: cross-entropy over scaled similarities (Henderson et
/// al. 2017, arXiv:1705.00652; van den Oord et al. 2018, arXiv:1807.03748, as InfoNCE). Two or more text columns: anchor, positive, and any
/// number of hard negatives; no labels. Anchors are also called queries, the other columns documents.
/// </summary>
/// <remarks>
/// With <see cref="LossInput.TextNumbers"/>, which the trainer gives, a candidate with the text of the right answer is no negative;
/// sentence-transformers keeps it. With all four directions, it is the improved contrastive loss of GTE (Li et al. 2023, arXiv:2308.03281).
/// </remarks>
public class MultipleNegativesRankingLoss : Loss
{
    private const RankingDirections AllDirections =
        RankingDirections.QueryToDocument | RankingDirections.QueryToQuery | RankingDirections.DocumentToQuery | RankingDirections.DocumentToDocument;

    /// <summary>Makes the loss.</summary>
    /// <param name="scale">What similarities are multiplied by: one over the temperature.</param>
    /// <param name="similarity">How near two vectors are.</param>
    /// <param name="directions">What is compared with what; <see cref="RankingDirections.QueryToDocument"/> must be among it.</param>
    /// <param name="partitionMode">Whether the candidates of all directions compete with each other.</param>
    /// <param name="hardnessMode">Which negatives weigh more the more similar they are; null for none.</param>
    /// <param name="hardnessStrength">How much more: what is added to a negative's scaled similarity, times the similarity, from 0.</param>
    /// <exception cref="ArgumentException">
    /// The directions lack the positive, or have no positive of their own where each is for itself; or a hardness mode and its strength are not given together.
    /// </exception>
    public MultipleNegativesRankingLoss(
        float scale = 20,
        SimilarityFunction similarity = SimilarityFunction.Cosine,
        RankingDirections directions = RankingDirections.QueryToDocument,
        PartitionMode partitionMode = PartitionMode.Joint,
        HardnessMode? hardnessMode = null,
        float hardnessStrength = 0)
    {
        if (!directions.HasFlag(RankingDirections.QueryToDocument) || (directions & ~AllDirections) != 0)
        {
            throw new ArgumentException($"The directions are {directions}; {nameof(RankingDirections.QueryToDocument)}, which has the positive, must be among them.", nameof(directions));
        }

        if (partitionMode == PartitionMode.PerDirection && (directions & (RankingDirections.QueryToQuery | RankingDirections.DocumentToDocument)) != 0)
        {
            throw new ArgumentException(
                $"{nameof(PartitionMode.PerDirection)} needs directions that have the positive among their candidates, not {directions}; use {nameof(PartitionMode.Joint)}.", nameof(partitionMode));
        }

        if (hardnessMode is null != (hardnessStrength == 0))
        {
            throw new ArgumentException("A hardness mode and a strength above zero go together; one of them alone has no effect.", hardnessMode is null ? nameof(hardnessMode) : nameof(hardnessStrength));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(hardnessStrength);
        (Scale, Similarity, Directions, PartitionMode) = (Positive(scale), similarity, directions, partitionMode);
        (HardnessMode, HardnessStrength) = (hardnessMode, Finite(hardnessStrength));
    }

    /// <summary>Gets what similarities are multiplied by.</summary>
    public float Scale { get; }

    /// <summary>Gets the similarity of two vectors.</summary>
    public SimilarityFunction Similarity { get; }

    /// <summary>Gets what is compared with what.</summary>
    public RankingDirections Directions { get; }

    /// <summary>Gets whether the candidates of all directions compete with each other.</summary>
    public PartitionMode PartitionMode { get; }

    /// <summary>Gets which negatives weigh more the more similar they are; null for none.</summary>
    public HardnessMode? HardnessMode { get; }

    /// <summary>Gets what a similarity times it is added to its scaled self.</summary>
    public float HardnessStrength { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => Directions == AllDirections ? [Papers.Henderson, Papers.Oord, Papers.LiGte] : [Papers.Henderson, Papers.Oord];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2);
        if (input.Rows == 1 && input.Embeddings.Count == 2)
        {
            throw new LossInputException($"{Name} has no negatives in a batch of one row; use larger batches or leave the last short one out.");
        }

        var scores = DirectionScores(run, input);
        var own = Enumerable.Range(0, input.Rows);
        if (PartitionMode == PartitionMode.Joint)
        {
            return run.CrossEntropy(scores is [var only] ? only : run.ConcatenateColumns(scores), own);
        }

        return scores is [var first, var second]
            ? run.Scale(run.Add(run.CrossEntropy(first, own), run.CrossEntropy(second, own)), 0.5f)
            : run.CrossEntropy(scores[0], own);
    }

    // For each direction the scores of the rows' candidates [rows × candidates]: the right answer of row i is candidate i of the first. What is no negative is −∞.
    private List<Tensor> DirectionScores(Computation run, LossInput input)
    {
        var (queries, positives, rows) = (input.Embeddings[0], input.Embeddings[1], input.Rows);
        var documents = run.ConcatenateRows([.. input.Embeddings.Skip(1)]);
        var (queryTexts, documentTexts) = input.RequireTextNumbers(this) is { } texts ? ([.. texts[0]], [.. texts.Skip(1).SelectMany(column => column)]) : ((int[]?)null, (int[]?)null);
        var similarities = run.Similarities(queries, documents, Similarity);
        var scaled = run.Scale(similarities, Scale);
        var scores = new List<Tensor> { run.LeaveOut(HardnessMode is null ? scaled : run.Add(scaled, Hardness(similarities)), Duplicates(documentTexts)) };
        if (Directions.HasFlag(RankingDirections.QueryToQuery))
        {
            var others = run.Scale(run.Similarities(queries, queries, Similarity), Scale);
            scores.Add(run.LeaveOut(others, (row, other) => other == row || Duplicates(queryTexts)(row, other)));
        }

        if (Directions.HasFlag(RankingDirections.DocumentToQuery))
        {
            int[] transposed = [.. Enumerable.Range(0, rows * rows).Select(i => (i % rows * scaled.Columns) + (i / rows))];
            scores.Add(run.LeaveOut(run.Gather(scaled, transposed, rows, rows), Duplicates(queryTexts)));
        }

        if (Directions.HasFlag(RankingDirections.DocumentToDocument))
        {
            var others = run.Scale(run.Similarities(positives, documents, Similarity), Scale);
            scores.Add(run.LeaveOut(others, (row, other) => other % rows == row || Duplicates(documentTexts)(row, other)));
        }

        return scores;
    }

    // A constant: the more similar a negative, the more weight it gets, which is not trained on.
    private Tensor Hardness(Tensor similarities)
    {
        var added = Tensor.Zeros(similarities.Shape);
        for (var i = 0; i < added.Length; i++)
        {
            var (row, candidate) = (i / similarities.Columns, i % similarities.Columns);
            var (isOwn, isHard) = (candidate % similarities.Rows == row, candidate >= similarities.Rows);
            var counts = HardnessMode switch
            {
                Training.HardnessMode.InBatchNegatives => !isOwn,
                Training.HardnessMode.HardNegatives => isOwn && isHard,
                _ => !isOwn || isHard,
            };
            added.Writable[i] = counts ? HardnessStrength * similarities.Values[i] : 0;
        }

        return added;
    }

    // What has the text of the row's right answer, and is not it.
    private static Func<int, int, bool> Duplicates(int[]? texts) =>
        texts is null ? (_, _) => false : (row, candidate) => candidate != row && texts[candidate] == texts[row];
}
