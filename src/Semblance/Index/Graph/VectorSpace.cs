using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Semblance;

/// <summary>Represents vectors stored contiguously in memory and the distance between them; less is nearer.</summary>
/// <param name="data">The address of the first vector.</param>
/// <param name="stride">The number of bytes of a vector.</param>
/// <param name="length">The number of elements that the distance reads.</param>
/// <param name="distance">The distance function.</param>
internal readonly unsafe struct VectorSpace(byte* data, int stride, int length, delegate*<byte*, byte*, int, float> distance)
{
    private const int CacheLine = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Vector(int node) => data + ((nint)node * stride);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Distance(byte* query, int node) => distance(query, Vector(node), length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Distance(int a, int b) => distance(Vector(a), Vector(b), length);

    public float Distance(byte* query, byte* other) => distance(query, other, length);

    /// <summary>Prefetches a vector into the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int node)
    {
        if (Sse.IsSupported)
        {
            var vector = Vector(node);
            for (var offset = 0; offset < stride; offset += CacheLine)
            {
                Sse.Prefetch0(vector + offset);
            }
        }
    }
}
