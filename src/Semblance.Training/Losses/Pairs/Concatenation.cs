namespace Semblance.Training;

/// <summary>What a classifier sees of two sentence vectors u and v; any of them side by side, in this order.</summary>
[Flags]
public enum Concatenation
{
    /// <summary>u and v themselves.</summary>
    Vectors = 1,

    /// <summary>|u − v|, element by element.</summary>
    Difference = 2,

    /// <summary>u · v, element by element.</summary>
    Product = 4,

    /// <summary>u alone: classification of single sentences. Nothing else stands beside it.</summary>
    Alone = 8,
}
