using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// max(|a − p| − |a − n| + margin, 0): the anchor nearer to the positive than to the negative by a margin (Schroff et al. 2015,
/// arXiv:1503.03832; Reimers and Gurevych 2019, arXiv:1908.10084, with a margin of 1). Three text columns: anchor, positive, negative.
/// </summary>
/// <param name="metric">How far apart two vectors are.</param>
/// <param name="margin">By how much the negative is to be farther.</param>
/// <remarks>
/// sentence-transformers 5 (5.2.0.dev0) takes the negative of the Euclidean and the Manhattan distance, so that
/// it draws anchors to negatives; this is the loss of the papers.
/// </remarks>
public sealed class TripletLoss(DistanceMetric metric = DistanceMetric.Euclidean, float margin = 5) : Loss
{
    private readonly float _margin = Finite(margin);

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 3, 3);
        var (anchor, positive, negative) = (input.Embeddings[0], input.Embeddings[1], input.Embeddings[2]);
        var excess = run.Subtract(run.RowDistances(anchor, positive, metric), run.RowDistances(anchor, negative, metric));
        return run.Mean(run.Relu(run.Scale(excess, 1, _margin)));
    }
}
