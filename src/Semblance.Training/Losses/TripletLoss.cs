using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// max(|a − p| − |a − n| + margin, 0): the anchor nearer to the positive than to the negative by a margin (Schroff et al. 2015,
/// arXiv:1503.03832, with squared distances; Hermans et al. 2017, arXiv:1703.07737; Reimers and Gurevych 2019, with a margin of 1). Three text columns: anchor, positive, negative.
/// </summary>
/// <param name="metric">How far apart two vectors are.</param>
/// <param name="margin">By how much the negative is to be farther; 5 by default, as in sentence-transformers.</param>
public sealed class TripletLoss(DistanceMetric metric = DistanceMetric.Euclidean, float margin = 5) : Loss
{
    /// <summary>Gets the distance of two vectors.</summary>
    public DistanceMetric Metric { get; } = metric;

    /// <summary>Gets the margin.</summary>
    public float Margin { get; } = Finite(margin);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Hermans, Papers.Schroff];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 3, 3);
        var (anchor, positive, negative) = (input.Embeddings[0], input.Embeddings[1], input.Embeddings[2]);
        var excess = run.Subtract(run.RowDistances(anchor, positive, Metric), run.RowDistances(anchor, negative, Metric));
        return run.Mean(run.Relu(run.Scale(excess, 1, Margin)));
    }
}
