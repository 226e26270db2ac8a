namespace Semblance.Training;

/// <summary>Whether k-means finds the classes of texts again: mini-batch k-means with as many clusters as classes, as MTEB measures it.</summary>
/// <remarks>
/// Metrics: <c>v_measure</c>, the primary one, <c>homogeneity</c>, <c>completeness</c>, <c>nmi</c> (equal to the V-measure, under its other name)
/// and <c>ari</c>, the adjusted Rand index. Means over <see cref="Seeds"/>.
/// </remarks>
/// <param name="texts">Texts with their classes.</param>
/// <param name="name">What is evaluated on.</param>
/// <exception cref="ArgumentException">The rows are pairs.</exception>
/// <exception cref="EvaluationDataException">There are fewer than two classes.</exception>
public sealed class ClusteringEvaluator(LabelledTexts texts, string name = "") : Evaluator(name)
{
    private readonly LabelledTexts _texts = Checked(texts);

    /// <summary>How many vectors a step looks at; 500 by default, as in MTEB.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>The seeds, each of which makes clusters of its own; 42 to 44 by default, for one alone is as good as its luck.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [42, 43, 44];

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var vectors = Encode(model, _texts.Columns[0], cancellationToken);
        var classes = _texts.Labels;
        var options = new KMeansOptions { Clusters = classes.Distinct().Count(), BatchSize = BatchSize, MaxThreads = Encoding.MaxThreads ?? int.MaxValue };
        var found = Checked(Seeds, nameof(Seeds)).Select(seed => KMeans.Fit(vectors, options with { Seed = seed }, null, cancellationToken).Labels).ToArray();
        return Result(
            new OrderedDictionary<string, double>
            {
                ["v_measure"] = Mean(ClusterAgreement.VMeasure),
                ["homogeneity"] = Mean(ClusterAgreement.Homogeneity),
                ["completeness"] = Mean(ClusterAgreement.Completeness),
                ["nmi"] = Mean(ClusterAgreement.NormalizedMutualInformation),
                ["ari"] = Mean(ClusterAgreement.AdjustedRand),
            },
            "v_measure");

        double Mean(Func<IReadOnlyList<int>, IReadOnlyList<int>, double> metric) => found.Average(clusters => metric(classes, clusters));
    }

    private static LabelledTexts Checked(LabelledTexts texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return texts switch
        {
            { Columns.Count: not 1 } => throw new ArgumentException("The rows are pairs; single texts are expected.", nameof(texts)),
            _ when texts.Labels.Distinct().Count() < 2 => throw new EvaluationDataException("All rows have the same label: there is nothing to tell apart. Texts of at least two classes are needed.", nameof(texts)),
            _ => texts,
        };
    }
}
