namespace Semblance.Training;

/// <summary>From where on a guide takes a candidate for a false negative.</summary>
public enum MarginStrategy
{
    /// <summary>Above the similarity of anchor and positive less the margin.</summary>
    Absolute,

    /// <summary>Above the similarity of anchor and positive less the margin times its magnitude: below it for similarities under zero, too.</summary>
    Relative,
}
