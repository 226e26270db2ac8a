namespace Semblance;

/// <summary>A vector that is in the log only.</summary>
internal sealed class TailEntry
{
    private readonly int _dimension;

    /// <param name="vector">Ready to be compared.</param>
    /// <param name="record">What is kept beside it.</param>
    public TailEntry(ReadOnlySpan<float> vector, byte[] record)
    {
        _dimension = vector.Length;
        Padded = new float[(vector.Length + 15) & ~15];
        vector.CopyTo(Padded);
        Record = record;
    }

    public ReadOnlyMemory<float> Vector => Padded.AsMemory(0, _dimension);

    /// <summary>The vector with zeros behind it, as distances read it.</summary>
    public float[] Padded { get; }

    public byte[] Record { get; }

    public bool IsDeleted { get; set; }
}
