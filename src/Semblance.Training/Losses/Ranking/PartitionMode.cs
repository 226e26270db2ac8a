namespace Semblance.Training;

/// <summary>How <see cref="MultipleNegativesRankingLoss"/> takes several directions together.</summary>
public enum PartitionMode
{
    /// <summary>All candidates of all directions compete in one softmax.</summary>
    Joint,

    /// <summary>Each direction has a softmax of its own; the loss is the mean over directions.</summary>
    PerDirection,
}
