namespace Semblance.Postgres;

#pragma warning disable CA1720 // The established names of the types.

/// <summary>Specifies the type of the stored vectors and of those in the index.</summary>
public enum PostgresStorage
{
    /// <summary><c>vector</c>: four bytes per element. An index supports up to 2,000 elements; a table without an index, 16,000.</summary>
    Float32,

    /// <summary>
    /// <c>halfvec</c>: two bytes per element, from −65,504 to 65,504. An index supports up to 4,000 elements; a table without an index,
    /// 16,000.
    /// </summary>
    Float16,

    /// <summary>
    /// <c>vector</c>, and additionally <c>bit</c>: one bit per element that indicates whether it is positive. The index uses the bits with
    /// Hamming distance, in 1/32 of the memory, and its candidates are rescored with the vectors. Up to 16,000 elements.
    /// </summary>
    Binary,
}
