namespace Semblance;

/// <summary>Specifies the distance of two clusters.</summary>
public enum Linkage
{
    /// <summary>The mean of the distances between their members.</summary>
    Average,

    /// <summary>The largest distance between members.</summary>
    Complete,

    /// <summary>The smallest distance between members.</summary>
#pragma warning disable CA1720 // The established term, not the data type.
    Single,
#pragma warning restore CA1720

    /// <summary>
    /// The increase of the squared distances to the means when the two clusters are merged, as a distance (Ward 1963). Euclidean only.
    /// </summary>
    Ward,
}
