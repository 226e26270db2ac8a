namespace Semblance;

/// <summary>How far apart two clusters are.</summary>
public enum Linkage
{
    /// <summary>The mean of the distances between their members.</summary>
    Average,

    /// <summary>The largest distance between members.</summary>
    Complete,

    /// <summary>The smallest distance between members.</summary>
#pragma warning disable CA1720 // The field's term, not the number.
    Single,
#pragma warning restore CA1720

    /// <summary>How much the squared distances to the means grow when the two become one, as a distance (Ward 1963). Euclidean only.</summary>
    Ward,
}
