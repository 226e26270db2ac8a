namespace Semblance.Training;

/// <summary>Specifies the threshold of the guide's similarity above which a candidate is a false negative.</summary>
public enum MarginStrategy
{
    /// <summary>The similarity of anchor and positive minus the margin.</summary>
    Absolute,

    /// <summary>
    /// The similarity of anchor and positive minus the margin times its absolute value, so that the threshold is lower for negative
    /// similarities too.
    /// </summary>
    Relative,
}
