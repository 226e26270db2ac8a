using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// The mean of ln(1 + exp(|a − p| − |a − n|)) with the farthest positive and the nearest negative of each row: <see cref="BatchHardTripletLoss"/>
/// without a margin to choose (Hermans et al. 2017, arXiv:1703.07737). One text column, labels from 0.
/// </summary>
/// <param name="metric">How far apart two vectors are.</param>
public sealed class BatchHardSoftMarginTripletLoss(DistanceMetric metric = DistanceMetric.Euclidean) : BatchTripletLoss(metric)
{
    private protected override Tensor Forward(Computation run, Tensor distances, int[] labels) =>
        run.Mean(run.Softplus(Hardest(run, distances, labels)));
}
