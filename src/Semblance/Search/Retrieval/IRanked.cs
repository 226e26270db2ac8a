namespace Semblance;

/// <summary>Represents a result with a score and a position: higher scores first, then lower positions.</summary>
internal interface IRanked<T>
{
    float Score { get; }

    /// <summary>Returns a value that indicates whether this result comes before another; a strict total order.</summary>
    bool Precedes(T other);
}
