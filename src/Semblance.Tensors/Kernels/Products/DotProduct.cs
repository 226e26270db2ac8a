using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Computes the dot product of two vectors, in a fixed order whatever their address in memory.</summary>
internal static unsafe class DotProduct<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Of(float* a, float* b, int count)
    {
        // Four sums, so that additions do not wait for each other.
        TLanes s0 = TLanes.Zero, s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
        var i = 0;
        for (; i <= count - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            s0 = TLanes.MultiplyAdd(TLanes.Load(a + i), TLanes.Load(b + i), s0);
            s1 = TLanes.MultiplyAdd(TLanes.Load(a + i + TLanes.Count), TLanes.Load(b + i + TLanes.Count), s1);
            s2 = TLanes.MultiplyAdd(TLanes.Load(a + i + (2 * TLanes.Count)), TLanes.Load(b + i + (2 * TLanes.Count)), s2);
            s3 = TLanes.MultiplyAdd(TLanes.Load(a + i + (3 * TLanes.Count)), TLanes.Load(b + i + (3 * TLanes.Count)), s3);
        }

        for (; i <= count - TLanes.Count; i += TLanes.Count)
        {
            s0 = TLanes.MultiplyAdd(TLanes.Load(a + i), TLanes.Load(b + i), s0);
        }

        if (i < count)
        {
            s1 = TLanes.MultiplyAdd(VectorMath<TLanes>.LoadPartial(a + i, count - i), VectorMath<TLanes>.LoadPartial(b + i, count - i), s1);
        }

        return TLanes.Sum(s0 + s1 + (s2 + s3));
    }
}
