using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="MultipleNegativesRankingLoss"/>.</summary>
public record MultipleNegativesRankingLossSettings
{
    /// <summary>Gets the factor of the similarities: the inverse of the temperature; 20 by default.</summary>
    public float Scale
    {
        get;
        init => field = Setting.Positive(value);
    } = 20;

    /// <summary>Gets the similarity of two vectors; <see cref="SimilarityFunction.Cosine"/> by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;

    /// <summary>Gets the directions of the comparison; they include <see cref="RankingDirections.QueryToDocument"/>, the default.</summary>
    public RankingDirections Directions { get; init; } = RankingDirections.QueryToDocument;

    /// <summary>Gets how the candidates of several directions are combined; <see cref="PartitionMode.Joint"/> by default.</summary>
    public PartitionMode PartitionMode { get; init; } = PartitionMode.Joint;

    /// <summary>Gets the negatives that are weighted by their similarity; <see langword="null"/>, the default, for none.</summary>
    public HardnessMode? HardnessMode { get; init; }

    /// <summary>
    /// Gets the strength of that weight: the strength times the similarity is added to the scaled similarity of a negative; 0 by default,
    /// and above 0 with <see cref="HardnessMode"/>.
    /// </summary>
    public float HardnessStrength
    {
        get;
        init => field = Setting.AtLeastZero(value);
    }
}

/// <summary>
/// Represents the cross-entropy over the scaled similarities of each anchor with all positives and hard negatives of the batch: in-batch
/// negatives, also known as InfoNCE.
/// </summary>
/// <remarks>
/// Henderson et al. 2017, arXiv:1705.00652; van den Oord et al. 2018, arXiv:1807.03748. Two or more text columns: anchor, positive, and any
/// number of hard negatives; no labels. Anchors are also called queries, the other columns documents. With
/// <see cref="LossInput.TextNumbers"/>, which the trainer sets, a candidate whose text equals the positive is not a negative;
/// sentence-transformers keeps it. With all four directions, it is the improved contrastive loss of GTE (Li et al. 2023, arXiv:2308.03281).
/// </remarks>
public class MultipleNegativesRankingLoss : Loss
{
    private const string LiGte =
        """
        @misc{li2023general,
            title = {Towards General Text Embeddings with Multi-stage Contrastive Learning},
            author = {Zehan Li and Xin Zhang and Yanzhao Zhang and Dingkun Long and Pengjun Xie and Meishan Zhang},
            year = {2023},
            eprint = {2308.03281},
            archivePrefix = {arXiv},
            primaryClass = {cs.CL}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(MultipleNegativesRankingLoss), ModelOutputKind.SentenceEmbeddings, [.. Keys],
        (node, _) => new MultipleNegativesRankingLoss(Read(node)));

    private const RankingDirections AllDirections =
        RankingDirections.QueryToDocument | RankingDirections.QueryToQuery
        | RankingDirections.DocumentToQuery | RankingDirections.DocumentToDocument;

    private static readonly (string Name, RankingDirections Value)[] Directions =
    [
        ("query-to-document", RankingDirections.QueryToDocument), ("query-to-query", RankingDirections.QueryToQuery),
        ("document-to-query", RankingDirections.DocumentToQuery), ("document-to-document", RankingDirections.DocumentToDocument),
    ];

    private static readonly (string Name, HardnessMode? Value)[] Hardnesses =
        [
            ("in-batch-negatives", HardnessMode.InBatchNegatives),
            ("hard-negatives", HardnessMode.HardNegatives),
            ("all-negatives", HardnessMode.AllNegatives),
        ];

    /// <summary>Initializes a new instance of the <see cref="MultipleNegativesRankingLoss"/> class.</summary>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The directions do not include the positive; with <see cref="PartitionMode.PerDirection"/>, a direction has no positive; or only one
    /// of hardness mode and strength is set.
    /// </exception>
    public MultipleNegativesRankingLoss(MultipleNegativesRankingLossSettings? settings = null)
    {
        Settings = settings ?? new();
        var (directions, hardness) = (Settings.Directions, Settings.HardnessMode);
        if (!directions.HasFlag(RankingDirections.QueryToDocument) || (directions & ~AllDirections) != 0)
        {
            throw new ArgumentException(
                $"The directions are {directions}; {nameof(RankingDirections.QueryToDocument)}, which has the "
                + "positive, must be among them.",
                nameof(settings));
        }

        if (Settings.PartitionMode == PartitionMode.PerDirection
            && (directions & (RankingDirections.QueryToQuery | RankingDirections.DocumentToDocument)) != 0)
        {
            throw new ArgumentException(
                $"{nameof(PartitionMode.PerDirection)} needs directions that have the positive among their candidates, not {directions}; "
                + $"use {nameof(PartitionMode.Joint)}.",
                nameof(settings));
        }

        if (hardness is null != (Settings.HardnessStrength == 0))
        {
            throw new ArgumentException(
                "A hardness mode and a strength above zero go together; one of them alone has no effect.",
                nameof(settings));
        }
    }

    /// <summary>Gets the settings.</summary>
    public MultipleNegativesRankingLossSettings Settings { get; }

    internal static string[] Keys => ["scale", "similarity", "directions", "partition", "hardness", "hardness-strength"];

    internal static MultipleNegativesRankingLossSettings Read(RecipeNode node, MultipleNegativesRankingLossSettings? defaults = null)
    {
        var usual = defaults ?? new MultipleNegativesRankingLossSettings();
        return usual with
        {
            Scale = node.Scale(usual.Scale),
            Similarity = node.Similarity(usual.Similarity),
            Directions = node.Flags("directions", usual.Directions, Directions),
            PartitionMode = node.Find("partition")?.OneOf(("joint", PartitionMode.Joint), ("per-direction", PartitionMode.PerDirection))
                ?? usual.PartitionMode,
            HardnessMode = node.Find("hardness") is { } hardness ? hardness.OneOf(Hardnesses) : usual.HardnessMode,
            HardnessStrength = node.Weight("hardness-strength", usual.HardnessStrength),
        };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations =>
        Settings.Directions == AllDirections ? [Papers.Henderson, Papers.Oord, LiGte] : [Papers.Henderson, Papers.Oord];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2);
        if (input.Rows == 1 && input.Embeddings.Count == 2)
        {
            throw new LossInputException(
                $"{Name} has no negatives in a batch of one row; use larger batches or leave the last short one out.");
        }

        var scores = DirectionScores(run, input);
        var own = Enumerable.Range(0, input.Rows);
        if (Settings.PartitionMode == PartitionMode.Joint)
        {
            return run.CrossEntropy(scores is [var only] ? only : run.ConcatenateColumns(scores), own);
        }

        return scores is [var first, var second]
            ? run.Scale(run.Add(run.CrossEntropy(first, own), run.CrossEntropy(second, own)), 0.5f)
            : run.CrossEntropy(scores[0], own);
    }

    // The scores of the rows' candidates for each direction, [rows × candidates]: candidate i of the first is the positive of row i. −∞
    // excludes a candidate.
    private List<Tensor> DirectionScores(Computation run, LossInput input)
    {
        var (queries, positives, rows) = (input.Embeddings[0], input.Embeddings[1], input.Rows);
        var documents = run.ConcatenateRows([.. input.Embeddings.Skip(1)]);
        var (queryTexts, documentTexts) = input.RequireTextNumbers(this) is { } texts
            ? ([.. texts[0]], [.. texts.Skip(1).SelectMany(column => column)])
            : ((int[]?)null, (int[]?)null);
        var similarities = run.Similarities(queries, documents, Settings.Similarity);
        var scaled = run.Scale(similarities, Settings.Scale);
        var weighted = Settings.HardnessMode is null ? scaled : run.Add(scaled, Hardness(similarities));
        var scores = new List<Tensor> { run.LeaveOut(weighted, Duplicates(documentTexts)) };
        if (Settings.Directions.HasFlag(RankingDirections.QueryToQuery))
        {
            var others = run.Scale(run.Similarities(queries, queries, Settings.Similarity), Settings.Scale);
            scores.Add(run.LeaveOut(others, (row, other) => other == row || Duplicates(queryTexts)(row, other)));
        }

        if (Settings.Directions.HasFlag(RankingDirections.DocumentToQuery))
        {
            int[] transposed = [.. Enumerable.Range(0, rows * rows).Select(i => (i % rows * scaled.Columns) + (i / rows))];
            scores.Add(run.LeaveOut(run.Gather(scaled, transposed, rows, rows), Duplicates(queryTexts)));
        }

        if (Settings.Directions.HasFlag(RankingDirections.DocumentToDocument))
        {
            var others = run.Scale(run.Similarities(positives, documents, Settings.Similarity), Settings.Scale);
            scores.Add(run.LeaveOut(others, (row, other) => other % rows == row || Duplicates(documentTexts)(row, other)));
        }

        return scores;
    }

    // A constant without gradient: the more similar a negative, the more weight it gets.
    private Tensor Hardness(Tensor similarities)
    {
        var added = Tensor.Zeros(similarities.Shape);
        for (var i = 0; i < added.Length; i++)
        {
            var (row, candidate) = (i / similarities.Columns, i % similarities.Columns);
            var (isOwn, isHard) = (candidate % similarities.Rows == row, candidate >= similarities.Rows);
            var counts = Settings.HardnessMode switch
            {
                HardnessMode.InBatchNegatives => !isOwn,
                HardnessMode.HardNegatives => isOwn && isHard,
                _ => !isOwn || isHard,
            };
            added.Writable[i] = counts ? Settings.HardnessStrength * similarities.Values[i] : 0;
        }

        return added;
    }

    // The candidates whose text equals the row's positive without being it.
    private static Func<int, int, bool> Duplicates(int[]? texts) =>
        texts is null ? (_, _) => false : (row, candidate) => candidate != row && texts[candidate] == texts[row];
}
