namespace Semblance.Training.CrossEncoders;

/// <summary>
/// Of each two candidates of a query the more relevant is to score higher: cross-entropy of the logistic function of the difference (Burges et al.
/// 2005, "Learning to Rank using Gradient Descent", doi:10.1145/1102351.1102363), which is <see cref="LambdaLoss"/> without weights. A relevance
/// for each candidate; without, the first is 1 and the others 0.
/// </summary>
public sealed class RankNetLoss() : LambdaLoss(LambdaWeighting.None)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Burges];
}
