using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// ½ d² for pairs that belong together, ½ max(margin − d, 0)² for others: alike ones near, unlike ones at least a margin apart (Hadsell et
/// al. 2006, "Dimensionality Reduction by Learning an Invariant Mapping"). Two text columns, label 1 for alike and 0 for unlike.
/// </summary>
/// <param name="metric">How far apart two vectors are.</param>
/// <param name="margin">How far unlike ones are to be.</param>
/// <param name="average">The mean over the batch instead of the sum.</param>
public sealed class ContrastiveLoss(DistanceMetric metric = DistanceMetric.Cosine, float margin = 0.5f, bool average = true) : Loss
{
    /// <summary>Gets the distance of two vectors.</summary>
    public DistanceMetric Metric { get; } = metric;

    /// <summary>Gets the margin.</summary>
    public float Margin { get; } = Finite(margin);

    /// <summary>Gets whether the loss is the mean over the batch instead of the sum.</summary>
    public bool Average { get; } = average;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Hadsell];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2, 2);
        input.RequireClasses(this, 2);
        var alike = input.RequireLabels(this);
        var distances = run.RowDistances(input.Embeddings[0], input.Embeddings[1], Metric);
        var sum = run.Add(
            run.Sum(run.Multiply(run.Square(distances), alike)),
            run.Sum(run.Multiply(run.Square(run.Relu(run.Scale(distances, -1, Margin))), run.Scale(alike, -1, 1))));
        return run.Scale(sum, Average ? 0.5f / input.Rows : 0.5f);
    }
}
