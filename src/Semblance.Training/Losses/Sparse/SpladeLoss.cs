using Semblance.Tensors;
using Semblance.Training.Recipes;

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

    /// <summary>
    /// Gets how the weights grow from 0 to their full values; <see cref="SpladeWarmup.Quadratic"/> by default. Full weights from the start
    /// can make all vectors zero.
    /// </summary>
    public SpladeWarmup Warmup
    {
        get;
        init => field = Setting.Defined(value);
    } = SpladeWarmup.Quadratic;

    /// <summary>Gets the part of the training in which the weights grow; a third by default.</summary>
    public float WarmupRatio
    {
        get;
        init => field = value is > 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The ratio must be above 0 and at most 1.");
    } = 1f / 3;
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

    /// <summary>The keys of the settings in a recipe.</summary>
    internal static readonly string[] Keys =
    [
        "loss", "document-weight", "query-weight", "document-threshold", "query-threshold", "documents-only", "warmup", "warmup-ratio",
    ];

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
        Keys,
        (node, context) => new SpladeLoss(ReadLoss(node, context), Read(node)));

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
        var part = Part(input.Progress);
        var sum = run.Add(
            _loss.Forward(run, input), run.Scale(_documents.Forward(run, new LossInput(documents)), part * Settings.DocumentWeight));
        return Settings.QueryWeight is { } weight && !Settings.DocumentsOnly
            ? run.Add(sum, run.Scale(_queries.Forward(run, new LossInput([input.Embeddings[0]])), part * weight))
            : sum;
    }

    /// <summary>Reads the settings from a recipe.</summary>
    internal static SpladeLossSettings Read(RecipeNode node)
    {
        var usual = new SpladeLossSettings { DocumentWeight = node.Get("document-weight").Number(0f, 1e6f) };
        return usual with
        {
            QueryWeight = node.Find("query-weight")?.Number(0f, 1e6f),
            DocumentThreshold = node.Find("document-threshold")?.Number(0, int.MaxValue),
            QueryThreshold = node.Find("query-threshold")?.Number(0, int.MaxValue),
            DocumentsOnly = node.Flag("documents-only", usual.DocumentsOnly),
            Warmup = node.Find("warmup")?.OneOf(
                ("quadratic", SpladeWarmup.Quadratic), ("linear", SpladeWarmup.Linear), ("none", SpladeWarmup.None)) ?? usual.Warmup,
            WarmupRatio = node.Find("warmup-ratio")?.Number(float.Epsilon, 1) ?? usual.WarmupRatio,
        };
    }

    /// <summary>Reads the ranking loss from a recipe.</summary>
    internal static Loss ReadLoss(RecipeNode node, LossContext context) =>
        node.Find("loss") is null ? new SparseMultipleNegativesRankingLoss() : node.InnerLoss(context);

    // The part of the weights that counts.
    private float Part(double progress)
    {
        var part = Math.Clamp(progress / Settings.WarmupRatio, 0, 1);
        return (float)(Settings.Warmup switch
        {
            SpladeWarmup.Quadratic => part * part,
            SpladeWarmup.Linear => part,
            _ => 1,
        });
    }
}
