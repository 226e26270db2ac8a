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
/// <see cref="ContrastiveLoss"/> over the hard pairs of a batch only: alike ones that are farther apart than the nearest unlike, and unlike
/// ones that are nearer than the farthest alike; d² and max(margin − d, 0)², added up. After Hadsell et al. 2006; the choice of pairs is
/// sentence-transformers'. Two text columns, label 1 for alike and 0 for unlike.
/// </summary>
public sealed class OnlineContrastiveLoss(OnlineContrastiveLossSettings? settings = null) : Loss
{
    /// <summary>Gets the entry of the loss in recipes.</summary>
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

        // One pair of a kind is no measure for the others: then their own mean decides, and none where there is nothing to compare with.
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
