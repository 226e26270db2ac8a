namespace Semblance.Postgres;

#pragma warning disable CA1720 // The names are those of the field.

/// <summary>How vectors are kept in a table and walked over by its index.</summary>
public enum PostgresStorage
{
    /// <summary><c>vector</c>: four bytes an element. The index takes up to 2,000 elements, a table without one 16,000.</summary>
    Float32,

    /// <summary><c>halfvec</c>: two bytes an element, between −65,504 and 65,504. The index takes up to 4,000 elements, a table without one 16,000.</summary>
    Float16,

    /// <summary>
    /// <c>vector</c>, and beside it <c>bit</c>: whether each element is above zero. The index walks over the bits by Hamming distance, a thirty-second of the memory,
    /// and its candidates are compared again by the vectors. Up to 16,000 elements.
    /// </summary>
    Binary,
}
