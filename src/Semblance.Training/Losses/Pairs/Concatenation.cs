namespace Semblance.Training;

/// <summary>Specifies the input of a classifier of two sentence embeddings u and v: any of the parts, concatenated in this order.</summary>
[Flags]
public enum Concatenation
{
    /// <summary>u and v.</summary>
    Vectors = 1,

    /// <summary>|u − v|, element-wise.</summary>
    Difference = 2,

    /// <summary>u · v, element-wise.</summary>
    Product = 4,

    /// <summary>u alone, for the classification of single sentences. It cannot be combined with the others.</summary>
    Alone = 8,
}
