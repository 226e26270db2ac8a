namespace Semblance;

/// <summary>Which candidates of <see cref="BitextMining"/> become pairs.</summary>
public enum BitextRetrieval
{
    /// <summary>The best of both directions by falling score, each text in one pair at most. The best in the paper.</summary>
    Max,

    /// <summary>Pairs of which each text is the best for the other.</summary>
    Intersection,

    /// <summary>The best target of each source; a target may come several times.</summary>
    Forward,

    /// <summary>The best source of each target; a source may come several times.</summary>
    Backward,
}
