namespace Semblance;

/// <summary>Which of the texts that pass become hard negatives.</summary>
public enum NegativeSampling
{
    /// <summary>Those with the highest scores.</summary>
    Top,

    /// <summary>Any of them, drawn with <see cref="HardNegativeOptions.Seed"/>.</summary>
    Random,
}
