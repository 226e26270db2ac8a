using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="SpladeLoss"/>.</summary>
public sealed record SpladeLossSettings
{
    /// <summary>Gets the weight of the documents' <see cref="FlopsLoss"/>, such as 3e-5. A larger weight makes documents sparser.</summary>
    public required float DocumentWeight
    {
        get;
        init => field = Setting.AtLeastZero(value);
    }

    /// <summary>
    /// Gets the weight of the queries' <see cref="FlopsLoss"/>, such as 5e-5; <see langword="null"/>, the default, for none, for example if
    /// queries are encoded without inference.
    /// </summary>
    public float? QueryWeight { get; init; }

    /// <summary>
    /// Gets the minimum number of nonzero elements, exclusive, for a document to be counted; <see langword="null"/>, the default, to count
    /// all.
    /// </summary>
    public int? DocumentThreshold { get; init; }

    /// <summary>
    /// Gets the minimum number of nonzero elements, exclusive, for a query to be counted; <see langword="null"/>, the default, to count
    /// all.
    /// </summary>
    public int? QueryThreshold { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the first column holds documents too, as in pairs of documents; <see langword="false"/> by
    /// default.
    /// </summary>
    public bool DocumentsOnly { get; init; }
}

/// <summary>
/// Represents the SPLADE loss: a ranking loss, such as <see cref="SparseMultipleNegativesRankingLoss"/>, plus the weighted
/// <see cref="FlopsLoss"/> of the documents and of the queries.
/// </summary>
/// <remarks>
/// Formal et al. 2021, arXiv:2107.05720, 2109.10086; 2022, arXiv:2205.04733. Columns and labels are those of the ranking loss. The first
/// column holds the queries, the others documents.
/// </remarks>
public sealed class SpladeLoss : Loss
{
    private const string Formal =
        """
        @misc{formal2022distillationhardnegativesampling,
            title = {From Distillation to Hard Negative Sampling: Making Sparse Neural IR Models More Effective},
            author = {Thibault Formal and Carlos Lassance and Benjamin Piwowarski and Stéphane Clinchant},
            year = {2022},
            eprint = {2205.04733},
            archivePrefix = {arXiv},
            primaryClass = {cs.IR},
            url = {https://arxiv.org/abs/2205.04733}
        }
        """;

    private readonly Loss _loss;
    private readonly FlopsLoss _documents;
    private readonly FlopsLoss _queries;

    /// <summary>Initializes a new instance of the <see cref="SpladeLoss"/> class.</summary>
    /// <param name="loss">The ranking loss.</param>
    /// <param name="settings">The weights.</param>
    public SpladeLoss(Loss loss, SpladeLossSettings settings)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(settings);
        (_loss, Settings) = (loss, settings);
        (_documents, _queries) =
            (new(new() { Threshold = settings.DocumentThreshold }), new(new() { Threshold = settings.QueryThreshold }));
    }

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(SpladeLoss), ModelOutputKind.SentenceEmbeddings,
        ["loss", "document-weight", "query-weight", "document-threshold", "query-threshold", "documents-only"], (node, context) =>
            new SpladeLoss(node.Find("loss") is null ? new SparseMultipleNegativesRankingLoss() : node.InnerLoss(context), new()
            {
                DocumentWeight = node.Get("document-weight").Number(0f, 1e6f),
                QueryWeight = node.Find("query-weight")?.Number(0f, 1e6f),
                DocumentThreshold = node.Find("document-threshold")?.Number(0, int.MaxValue),
                QueryThreshold = node.Find("query-threshold")?.Number(0, int.MaxValue),
                DocumentsOnly = node.Flag("documents-only", false),
            }));

    /// <summary>Gets the settings.</summary>
    public SpladeLossSettings Settings { get; }

    /// <inheritdoc/>
    public override Objective? Inner => _loss;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Formal, .. _documents.Citations];

    /// <inheritdoc/>
    public override TrainingBatch Prepare(TrainingBatch batch) => _loss.Prepare(batch);

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, Settings.DocumentsOnly ? 1 : 2);
        Tensor[] documents = [.. input.Embeddings.Skip(Settings.DocumentsOnly ? 0 : 1)];
        var sum = run.Add(_loss.Forward(run, input), run.Scale(_documents.Forward(run, new LossInput(documents)), Settings.DocumentWeight));
        return Settings.QueryWeight is { } weight && !Settings.DocumentsOnly
            ? run.Add(sum, run.Scale(_queries.Forward(run, new LossInput([input.Embeddings[0]])), weight))
            : sum;
    }
}
