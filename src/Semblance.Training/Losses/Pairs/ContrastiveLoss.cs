using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="ContrastiveLoss"/>.</summary>
public sealed record ContrastiveLossSettings
{
    /// <summary>Gets the distance of two vectors; <see cref="DistanceMetric.Cosine"/> by default.</summary>
    public DistanceMetric Metric { get; init; } = DistanceMetric.Cosine;

    /// <summary>Gets the margin of dissimilar pairs; 0.5 by default.</summary>
    public float Margin
    {
        get;
        init => field = Setting.Finite(value);
    } = 0.5f;

    /// <summary>
    /// Gets a value that indicates whether the loss is the mean over the batch instead of the sum; <see langword="true"/> by default.
    /// </summary>
    public bool Average { get; init; } = true;
}

/// <summary>Represents the contrastive loss: ½ d² for similar pairs and ½ max(margin − d, 0)² for dissimilar pairs.</summary>
/// <remarks>
/// Hadsell et al. 2006, "Dimensionality Reduction by Learning an Invariant Mapping". Two text columns; the label is 1 for similar and 0 for
/// dissimilar pairs.
/// </remarks>
public sealed class ContrastiveLoss(ContrastiveLossSettings? settings = null) : Loss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(ContrastiveLoss), ModelOutputKind.SentenceEmbeddings, ["distance", "margin", "average"], (node, _) =>
        {
            var usual = new ContrastiveLossSettings();
            return new ContrastiveLoss(
                usual with
                {
                    Metric = node.Distance(usual.Metric),
                    Margin = node.Margin(usual.Margin),
                    Average = node.Flag("average", usual.Average),
                });
        });

    /// <summary>Gets the settings.</summary>
    public ContrastiveLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Hadsell];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2, 2);
        input.RequireClasses(this, 2);
        var alike = input.RequireLabels(this);
        var distances = run.RowDistances(input.Embeddings[0], input.Embeddings[1], Settings.Metric);
        var sum = run.Add(
            run.Sum(run.Multiply(run.Square(distances), alike)),
            run.Sum(run.Multiply(run.Square(run.Relu(run.Scale(distances, -1, Settings.Margin))), run.Scale(alike, -1, 1))));
        return run.Scale(sum, Settings.Average ? 0.5f / input.Rows : 0.5f);
    }
}
