namespace Semblance.Training.CrossEncoders;

/// <summary>What a pair of candidates in the wrong order counts in <see cref="LambdaLoss"/>. Gains and discounts are those of NDCG.</summary>
public enum LambdaWeighting
{
    /// <summary>All pairs the same: RankNet.</summary>
    None,

    /// <summary>The gain of the one over the discount of its place. Loose; the others do better in the paper.</summary>
    NDCGLoss1,

    /// <summary>The difference of gains times that of the discounts of places as far apart: a tighter bound of NDCG.</summary>
    NDCGLoss2,

    /// <summary>What NDCG changes by when the two change places (Burges 2010).</summary>
    LambdaRank,

    /// <summary>μ times <see cref="NDCGLoss2"/> plus <see cref="LambdaRank"/>, the paper's best; the default.</summary>
    NDCGLoss2PP,
}
