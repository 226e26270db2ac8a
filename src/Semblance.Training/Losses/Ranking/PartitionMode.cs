namespace Semblance.Training;

/// <summary>Specifies how <see cref="MultipleNegativesRankingLoss"/> combines several directions.</summary>
public enum PartitionMode
{
    /// <summary>One softmax over the candidates of all directions.</summary>
    Joint,

    /// <summary>A softmax for each direction; the loss is the mean over the directions.</summary>
    PerDirection,
}
