namespace Semblance.Training;

/// <summary>Specifies how a loss combines the values of several text columns.</summary>
public enum Aggregation
{
    /// <summary>The mean.</summary>
    Mean,

    /// <summary>The sum.</summary>
    Sum,
}
