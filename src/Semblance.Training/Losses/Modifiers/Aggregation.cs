namespace Semblance.Training;

/// <summary>How a loss takes the values of several text columns together.</summary>
public enum Aggregation
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,
}
