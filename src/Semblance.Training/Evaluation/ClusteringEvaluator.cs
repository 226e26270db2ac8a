namespace Semblance.Training;

/// <summary>Evaluates clustering: mini-batch k-means with as many clusters as labels, compared with the labels, as in MTEB.</summary>
/// <remarks>
/// Metrics: <c>v_measure</c>, the primary one, <c>homogeneity</c>, <c>completeness</c>, <c>nmi</c> (equal to the V-measure) and <c>ari</c>,
/// the adjusted
/// Rand index. All are means over <see cref="Seeds"/>.
/// </remarks>
/// <param name="texts">The single texts with their labels.</param>
/// <param name="name">The name of the data set, the prefix of the metrics.</param>
/// <exception cref="ArgumentException">The rows are pairs.</exception>
/// <exception cref="EvaluationDataException">There are fewer than two labels.</exception>
public sealed class ClusteringEvaluator(LabeledTexts texts, string name = "") : Evaluator(name)
{
    private readonly LabeledTexts _texts = Checked(texts);

    /// <summary>Gets the batch size of k-means. The default is 500, as in MTEB.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>Gets the random seeds, one for each run of k-means. The default is 42, 43 and 44.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [42, 43, 44];

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var vectors = Encode(model, _texts.Columns[0], cancellationToken);
        var classes = _texts.Labels;
        var options = new KMeansOptions
        {
            Clusters = classes.Distinct().Count(),
            BatchSize = BatchSize,
            MaxThreads = Encoding.MaxThreads ?? int.MaxValue,
        };
        var found = Checked(Seeds, nameof(Seeds))
            .Select(seed => KMeans.Fit(vectors, options with { Seed = seed }, null, cancellationToken).Labels)
            .ToArray();
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

    private static LabeledTexts Checked(LabeledTexts texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return texts switch
        {
            { Columns.Count: not 1 } => throw new ArgumentException("The rows are pairs; single texts are expected.", nameof(texts)),
            _ when texts.Labels.Distinct().Count() < 2 =>
                throw new EvaluationDataException("All rows have the same label; texts of at least two labels are needed.", nameof(texts)),
            _ => texts,
        };
    }
}
