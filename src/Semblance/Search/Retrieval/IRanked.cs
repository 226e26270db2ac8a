namespace Semblance;

/// <summary>A result with a score and a place among all others: higher scores first, then lower positions.</summary>
internal interface IRanked<T>
{
    float Score { get; }

    /// <summary>Whether this comes before another; never both ways, and one way for any two that differ.</summary>
    bool Precedes(T other);
}
