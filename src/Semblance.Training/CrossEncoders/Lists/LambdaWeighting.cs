namespace Semblance.Training.CrossEncoders;

/// <summary>
/// Specifies the weight of a pair of candidates in the wrong order in <see cref="LambdaLoss"/>, with the gains and discounts of NDCG.
/// </summary>
public enum LambdaWeighting
{
    /// <summary>The same weight for all pairs: RankNet.</summary>
    None,

    /// <summary>The gain of the candidate over the discount of its rank. A loose bound; the others do better in the paper.</summary>
    NDCGLoss1,

    /// <summary>
    /// The difference of gains times the difference of the discounts of ranks at the same distance: a tighter bound of NDCG.
    /// </summary>
    NDCGLoss2,

    /// <summary>The change of NDCG when the two candidates are swapped (Burges 2010).</summary>
    LambdaRank,

    /// <summary>μ times <see cref="NDCGLoss2"/> plus <see cref="LambdaRank"/>, the best in the paper and the default.</summary>
    NDCGLoss2PP,
}
