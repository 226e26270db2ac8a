using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Semblance;

/// <summary>The memory of one search at a time: who was met, and who is near.</summary>
internal sealed unsafe class HnswScratch
{
    private const int CacheLine = 64;

    private readonly byte[] _stamps;
    private readonly int[] _fresh;
    private readonly byte[] _query;

    /// <param name="count">The number of vectors.</param>
    /// <param name="links">The longest row of links.</param>
    /// <param name="queryBytes">Room for the query, in all its forms.</param>
    public HnswScratch(int count, int links, int queryBytes = 0)
    {
        _stamps = GC.AllocateArray<byte>(count + 1, pinned: true);
        _fresh = GC.AllocateArray<int>(links, pinned: true);
        _query = GC.AllocateArray<byte>(queryBytes + CacheLine, pinned: true);
        Stamps = Address(_stamps);
        Fresh = (int*)Address(_fresh);
        Query = (byte*)(((nint)Address(_query) + CacheLine - 1) & -CacheLine);
    }

    /// <summary>The stamp of each vector; it was met on this search where that is <see cref="Epoch"/>.</summary>
    public byte* Stamps { get; }

    public byte Epoch { get; private set; }

    /// <summary>Neighbours that were not met before.</summary>
    public int* Fresh { get; }

    /// <summary>The query, at a cache line.</summary>
    public byte* Query { get; }

    public CandidateList Candidates { get; } = new();

    /// <summary>The largest magnitude that a distance of the query can have on the walk: more, or none, is proof of damage.</summary>
    public float Limit { get; set; } = float.PositiveInfinity;

    /// <summary>The same for distances of float32 vectors.</summary>
    public float VectorLimit { get; set; } = float.PositiveInfinity;

    /// <summary>The length of the query.</summary>
    public float Norm { get; set; }

    /// <summary>The neighbours that a new vector is linked with, and the layer of each.</summary>
    public List<(Candidate Neighbour, int Level)> Links { get; } = [];

    /// <summary>Neighbours that stay, while a full row is chosen anew.</summary>
    public List<Candidate> Chosen { get; } = [];

    /// <summary>Neighbours to choose from.</summary>
    public List<Candidate> Choice { get; } = [];

    /// <summary>Forgets who was met. Stamps are cleared once in 255 searches.</summary>
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
