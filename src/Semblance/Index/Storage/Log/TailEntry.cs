namespace Semblance;

/// <summary>Represents a vector that is only in the log.</summary>
internal sealed class TailEntry
{
    private readonly int _dimension;

    /// <param name="vector">The vector as <see cref="ReadyVector"/> returns it.</param>
    /// <param name="record">The encoded record.</param>
    public TailEntry(ReadOnlySpan<float> vector, byte[] record)
    {
        _dimension = vector.Length;
        Padded = new float[(vector.Length + 15) & ~15];
        vector.CopyTo(Padded);
        Record = record;
    }

    public ReadOnlyMemory<float> Vector => Padded.AsMemory(0, _dimension);

    /// <summary>Gets the vector padded with zeros, as the distances read it.</summary>
    public float[] Padded { get; }

    public byte[] Record { get; }

    public bool IsDeleted { get; set; }
}
