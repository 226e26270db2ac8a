namespace Semblance.Training;

/// <summary>Specifies the comparisons of <see cref="MultipleNegativesRankingLoss"/>, in any combination.</summary>
[Flags]
public enum RankingDirections
{
    /// <summary>Each anchor with all positives and hard negatives, which include its own positive.</summary>
    QueryToDocument = 1,

    /// <summary>Each anchor with the other anchors.</summary>
    QueryToQuery = 2,

    /// <summary>Each positive with all anchors.</summary>
    DocumentToQuery = 4,

    /// <summary>Each positive with the positives and hard negatives of other rows.</summary>
    DocumentToDocument = 8,
}
