using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Semblance;

/// <summary>Represents the memory of one search at a time: the visited vectors and the candidates.</summary>
internal sealed unsafe class HnswScratch
{
    private const int CacheLine = 64;

    private readonly byte[] _stamps;
    private readonly int[] _fresh;
    private readonly byte[] _query;

    /// <param name="count">The number of vectors.</param>
    /// <param name="links">The maximum number of links of a row.</param>
    /// <param name="queryBytes">The number of bytes for the query, in all its forms.</param>
    public HnswScratch(int count, int links, int queryBytes = 0)
    {
        _stamps = GC.AllocateArray<byte>(count + 1, pinned: true);
        _fresh = GC.AllocateArray<int>(links, pinned: true);
        _query = GC.AllocateArray<byte>(queryBytes + CacheLine, pinned: true);
        Stamps = Address(_stamps);
        Fresh = (int*)Address(_fresh);
        Query = (byte*)(((nint)Address(_query) + CacheLine - 1) & -CacheLine);
    }

    /// <summary>Gets the stamp of each vector; a vector was visited in this search if its stamp is <see cref="Epoch"/>.</summary>
    public byte* Stamps { get; }

    public byte Epoch { get; private set; }

    /// <summary>Gets the buffer for neighbors that were not visited before.</summary>
    public int* Fresh { get; }

    /// <summary>Gets the buffer for the query, aligned to a cache line.</summary>
    public byte* Query { get; }

    public CandidateList Candidates { get; } = new();

    /// <summary>
    /// Gets or sets the largest possible magnitude of a distance to the query in the graph search; a larger value or NaN proves damage.
    /// </summary>
    public float Limit { get; set; } = float.PositiveInfinity;

    /// <summary>Gets or sets the same limit for distances of float32 vectors.</summary>
    public float VectorLimit { get; set; } = float.PositiveInfinity;

    /// <summary>Gets or sets the length of the query.</summary>
    public float Norm { get; set; }

    /// <summary>Gets the neighbors to link a new vector with, and the layer of each.</summary>
    public List<(Candidate Neighbor, int Level)> Links { get; } = [];

    /// <summary>Gets the selected neighbors while a full row is selected anew.</summary>
    public List<Candidate> Chosen { get; } = [];

    /// <summary>Gets the neighbors to select from.</summary>
    public List<Candidate> Choice { get; } = [];

    /// <summary>Clears the visited vectors. The stamps are cleared once in 255 searches.</summary>
    public void Forget()
    {
        if (++Epoch == 0)
        {
            Array.Clear(_stamps);
            Epoch = 1;
        }
    }

    private static byte* Address<T>(T[] pinned)
        where T : unmanaged => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}
