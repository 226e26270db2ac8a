namespace Semblance;

/// <summary>Specifies which candidates of <see cref="BitextMining"/> become pairs.</summary>
public enum BitextRetrieval
{
    /// <summary>
    /// The best pairs of both directions in descending order of score, each text in at most one pair; the best method in the paper.
    /// </summary>
    Max,

    /// <summary>The pairs in which each text is the best candidate for the other.</summary>
    Intersection,

    /// <summary>The best target of each source; a target can occur in several pairs.</summary>
    Forward,

    /// <summary>The best source of each target; a source can occur in several pairs.</summary>
    Backward,
}
