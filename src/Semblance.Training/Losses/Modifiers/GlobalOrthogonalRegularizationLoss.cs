using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="GlobalOrthogonalRegularizationLoss"/>.</summary>
public sealed record GlobalOrthogonalRegularizationLossSettings
{
    /// <summary>Gets the similarity of two vectors; <see cref="SimilarityFunction.Cosine"/> by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;

    /// <summary>Gets the weight of the square of the mean similarity; 1 by default, 0 leaves it out.</summary>
    public float MeanWeight
    {
        get;
        init => field = Setting.Finite(value);
    } = 1;

    /// <summary>
    /// Gets the weight of the second moment: the excess of the mean squared similarity over 1 / dimension; 1 by default, 0 leaves it out.
    /// </summary>
    public float SecondMomentWeight
    {
        get;
        init => field = Setting.Finite(value);
    } = 1;

    /// <summary>Gets how the values of the columns are combined; <see cref="Aggregation.Mean"/> by default.</summary>
    public Aggregation Aggregation { get; init; } = Aggregation.Mean;
}

/// <summary>
/// Represents a regularization that spreads the embeddings of different rows like vectors of random directions (Zhang et al. 2017,
/// arXiv:1708.06320).
/// </summary>
/// <remarks>
/// For each text column, it adds the square of the mean similarity of two different rows, and the excess of their mean squared similarity
/// over 1 / dimension. Schechter Vera et al. 2025, arXiv:2509.20354, use only the second term, summed over columns. One or more text
/// columns; no labels. Combine it with a loss that learns similarity, such as <see cref="MultipleNegativesRankingLoss"/>, in a
/// <see cref="WeightedSumLoss"/>.
/// </remarks>
public sealed class GlobalOrthogonalRegularizationLoss : Loss
{
    private const string Zhang =
        """
        @misc{zhang2017learning,
            title = {Learning Spread-out Local Feature Descriptors},
            author = {Xu Zhang and Felix X. Yu and Sanjiv Kumar and Shih-Fu Chang},
            year = {2017},
            eprint = {1708.06320},
            archivePrefix = {arXiv},
            primaryClass = {cs.CV}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(GlobalOrthogonalRegularizationLoss), ModelOutputKind.SentenceEmbeddings,
        ["similarity", "mean-weight", "second-moment-weight", "aggregation"], (node, _) =>
        {
            var usual = new GlobalOrthogonalRegularizationLossSettings();
            return new GlobalOrthogonalRegularizationLoss(usual with
            {
                Similarity = node.Similarity(usual.Similarity),
                MeanWeight = node.Weight("mean-weight", usual.MeanWeight),
                SecondMomentWeight = node.Weight("second-moment-weight", usual.SecondMomentWeight),
                Aggregation = node.Find("aggregation")?.OneOf(("mean", Aggregation.Mean), ("sum", Aggregation.Sum)) ?? usual.Aggregation,
            });
        });

    /// <summary>Initializes a new instance of the <see cref="GlobalOrthogonalRegularizationLoss"/> class.</summary>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">Both weights are zero.</exception>
    public GlobalOrthogonalRegularizationLoss(GlobalOrthogonalRegularizationLossSettings? settings = null)
    {
        Settings = settings ?? new();
        if (Settings is { MeanWeight: 0, SecondMomentWeight: 0 })
        {
            throw new ArgumentException("At least one of the two weights must be other than zero.", nameof(settings));
        }
    }

    /// <summary>Gets the settings.</summary>
    public GlobalOrthogonalRegularizationLossSettings Settings { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Zhang];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 1);
        if (input.Rows == 1)
        {
            throw new LossInputException(
                $"{Name} has nothing to compare in a batch of one row; use larger batches or leave the last short one out.");
        }

        var sum = input.Embeddings.Select(vectors => Column(run, vectors)).Aggregate(run.Add);
        return Settings.Aggregation == Aggregation.Sum ? sum : run.Scale(sum, 1f / input.Embeddings.Count);
    }

    private Tensor Column(Computation run, Tensor vectors)
    {
        var rows = vectors.Rows;
        var others = Tensor.Zeros(rows, rows); // 1 where two rows differ
        for (var i = 0; i < others.Length; i++)
        {
            others.Writable[i] = i / rows == i % rows ? 0 : 1;
        }

        var similarities = run.Multiply(run.Similarities(vectors, vectors, Settings.Similarity), others);
        var pairs = 1f / (rows * (rows - 1f));
        var mean = run.Square(run.Scale(run.Sum(similarities), pairs));
        var excess = run.Relu(run.Scale(run.Sum(run.Square(similarities)), pairs, -1f / vectors.Columns));
        return run.Add(run.Scale(mean, Settings.MeanWeight), run.Scale(excess, Settings.SecondMomentWeight));
    }
}
