using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// The mean of max(|a − p| − |a − n| + margin, 0) with the farthest positive and the nearest negative of each row ("batch hard" of Hermans et
/// al. 2017, arXiv:1703.07737). One text column, labels from 0.
/// </summary>
/// <param name="metric">How far apart two vectors are.</param>
/// <param name="margin">By how much negatives are to be farther.</param>
public sealed class BatchHardTripletLoss(DistanceMetric metric = DistanceMetric.Euclidean, float margin = 5) : BatchTripletLoss(metric)
{
    /// <summary>Gets the margin.</summary>
    public float Margin { get; } = Finite(margin);

    private protected override Tensor Forward(Computation run, Tensor distances, int[] labels) =>
        run.Mean(run.Relu(run.Scale(Hardest(run, distances, labels), 1, Margin)));
}
