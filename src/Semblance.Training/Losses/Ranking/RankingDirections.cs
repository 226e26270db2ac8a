namespace Semblance.Training;

/// <summary>What <see cref="MultipleNegativesRankingLoss"/> compares with what; any of them together.</summary>
[Flags]
public enum RankingDirections
{
    /// <summary>Each anchor with all positives and hard negatives: where the right answer is.</summary>
    QueryToDocument = 1,

    /// <summary>Each anchor with the other anchors.</summary>
    QueryToQuery = 2,

    /// <summary>Each positive with all anchors.</summary>
    DocumentToQuery = 4,

    /// <summary>Each positive with the positives and hard negatives of other rows.</summary>
    DocumentToDocument = 8,
}
