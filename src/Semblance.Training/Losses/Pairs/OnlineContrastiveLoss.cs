using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="OnlineContrastiveLoss"/>.</summary>
public sealed record OnlineContrastiveLossSettings
{
    /// <summary>Gets the distance of two vectors; <see cref="DistanceMetric.Cosine"/> by default.</summary>
    public DistanceMetric Metric { get; init; } = DistanceMetric.Cosine;

    /// <summary>Gets the margin of dissimilar pairs; 0.5 by default.</summary>
    public float Margin
    {
        get;
        init => field = Setting.Finite(value);
    } = 0.5f;
}

/// <summary>
/// Represents <see cref="ContrastiveLoss"/> over only the hard pairs of a batch: d² for similar and max(margin − d, 0)² for dissimilar
/// pairs, summed.
/// </summary>
/// <remarks>
/// Hard pairs are similar pairs that are farther apart than the nearest dissimilar pair, and dissimilar pairs that are nearer than the
/// farthest similar pair. After Hadsell et al. 2006; the selection of pairs is that of sentence-transformers. Two text columns; the label
/// is 1 for similar and 0 for dissimilar pairs.
/// </remarks>
public sealed class OnlineContrastiveLoss(OnlineContrastiveLossSettings? settings = null) : Loss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(OnlineContrastiveLoss), ModelOutputKind.SentenceEmbeddings, ["distance", "margin"], (node, _) =>
        {
            var usual = new OnlineContrastiveLossSettings();
            return new OnlineContrastiveLoss(usual with { Metric = node.Distance(usual.Metric), Margin = node.Margin(usual.Margin) });
        });

    /// <summary>Gets the settings.</summary>
    public OnlineContrastiveLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Hadsell];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2, 2);
        var classes = input.RequireClasses(this, 2);
        var distances = run.RowDistances(input.Embeddings[0], input.Embeddings[1], Settings.Metric);
        var values = distances.Values.ToArray();
        float[] alike = [.. values.Where((_, i) => classes[i] == 1)], unlike = [.. values.Where((_, i) => classes[i] == 0)];

        // With only one pair of a kind, the mean of the other kind decides; with none to compare, there are no hard pairs.
        var farthestAlike = alike.Length > 1 ? alike.Max() : Mean(unlike);
        var nearestUnlike = unlike.Length > 1 ? unlike.Min() : Mean(alike);
        Tensor hardAlike = Tensor.Zeros(values.Length, 1), hardUnlike = Tensor.Zeros(values.Length, 1);
        for (var i = 0; i < values.Length; i++)
        {
            hardAlike.Writable[i] = classes[i] == 1 && values[i] > nearestUnlike ? 1 : 0;
            hardUnlike.Writable[i] = classes[i] == 0 && values[i] < farthestAlike ? 1 : 0;
        }

        return run.Add(
            run.Sum(run.Multiply(run.Square(distances), hardAlike)),
            run.Sum(run.Multiply(run.Square(run.Relu(run.Scale(distances, -1, Settings.Margin))), hardUnlike)));
    }

    private static float Mean(float[] values) => values.Length == 0 ? float.NaN : values.Average();
}
