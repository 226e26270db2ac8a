namespace Semblance.Training;

/// <summary>From where on a guide takes a candidate for a false negative.</summary>
public enum MarginStrategy
{
    /// <summary>Above the similarity of anchor and positive less the margin.</summary>
    Absolute,

    /// <summary>Above the similarity of anchor and positive times one less the margin.</summary>
    Relative,
}
