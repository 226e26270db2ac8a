namespace Semblance;

#pragma warning disable CA1720 // The names are those of the field.

/// <summary>Specifies the data type in which the elements of a vector are stored, as <c>precision</c> in sentence-transformers.</summary>
public enum Precision
{
    /// <summary>Four bytes per element, as the model computes them.</summary>
    Float32,

    /// <summary>One signed byte per element: 256 steps, from −128, between the smallest and the largest value of the element.</summary>
    Int8,

    /// <summary>One unsigned byte per element: 256 steps, from 0, between the smallest and the largest value of the element.</summary>
    UInt8,

    /// <summary>One bit per element, set if it is greater than zero: <see cref="UBinary"/> minus 128, as signed bytes.</summary>
    Binary,

    /// <summary>One bit per element, set if it is greater than zero: eight to a byte, the first in the highest bit.</summary>
    UBinary,

    /// <summary>Two bytes per element: IEEE 754 half precision, rounded to the nearest.</summary>
    Float16,

    /// <summary>Two bytes per element: the upper half of a float32, rounded to the nearest; the range of float32, eight bits.</summary>
    BFloat16,
}
