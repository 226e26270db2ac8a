namespace Semblance;

#pragma warning disable CA1720 // The names are those of the field.

/// <summary>How the elements of a vector are stored, as <c>precision</c> in sentence-transformers.</summary>
public enum Precision
{
    /// <summary>As the model makes them: four bytes an element.</summary>
    Float32,

    /// <summary>One byte an element: 256 steps between the smallest and the largest value that it takes, from −128.</summary>
    Int8,

    /// <summary>One byte an element: 256 steps between the smallest and the largest value that it takes, from 0.</summary>
    UInt8,

    /// <summary>One bit an element, whether it is above zero: as <see cref="UBinary"/>, less 128.</summary>
    Binary,

    /// <summary>One bit an element, whether it is above zero: eight to a byte, the first in the highest bit.</summary>
    UBinary,

    /// <summary>Two bytes an element: IEEE 754 half precision, rounded to the nearest.</summary>
    Float16,
}
