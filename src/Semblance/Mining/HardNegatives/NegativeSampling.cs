namespace Semblance;

/// <summary>Specifies which of the remaining candidates become hard negatives.</summary>
public enum NegativeSampling
{
    /// <summary>The candidates with the highest scores.</summary>
    Top,

    /// <summary>Random candidates, drawn with <see cref="HardNegativeOptions.Seed"/>.</summary>
    Random,
}
