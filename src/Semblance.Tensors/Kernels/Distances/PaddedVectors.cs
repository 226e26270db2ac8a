using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors;

/// <summary>
/// Provides distances of two float32 vectors that are padded with zeros to a multiple of 16 elements, summed in a fixed order. They are
/// functions of addresses, for callers that compare millions of pairs in their own memory, such as the graph of an index.
/// </summary>
public static unsafe class PaddedVectors
{
    /// <summary>Returns the function that computes the dot product of two vectors and a length, negated.</summary>
    /// <param name="instructions">The vector instructions to use.</param>
    public static delegate*<float*, float*, int, float> NegativeDot(InstructionSet instructions) => instructions switch
    {
        InstructionSet.Avx512 => &NegativeDot<Lanes512>,
        InstructionSet.Avx2 => &NegativeDot<Lanes256>,
        InstructionSet.AdvSimd => &NegativeDot<Lanes128>,
        _ => &NegativeDot<LanesPortable>,
    };

    /// <summary>Returns the function that computes the square of the Euclidean distance of two vectors and a length.</summary>
    /// <param name="instructions">The vector instructions to use.</param>
    public static delegate*<float*, float*, int, float> SquaredDistance(InstructionSet instructions) => instructions switch
    {
        InstructionSet.Avx512 => &Squared<Lanes512>,
        InstructionSet.Avx2 => &Squared<Lanes256>,
        InstructionSet.AdvSimd => &Squared<Lanes128>,
        _ => &Squared<LanesPortable>,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float NegativeDot<TLanes>(float* a, float* b, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes s0 = TLanes.Zero, s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
        var i = 0;
        for (; i <= count - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            s0 = TLanes.MultiplyAdd(TLanes.Load(a + i), TLanes.Load(b + i), s0);
            s1 = TLanes.MultiplyAdd(TLanes.Load(a + i + TLanes.Count), TLanes.Load(b + i + TLanes.Count), s1);
            s2 = TLanes.MultiplyAdd(TLanes.Load(a + i + (2 * TLanes.Count)), TLanes.Load(b + i + (2 * TLanes.Count)), s2);
            s3 = TLanes.MultiplyAdd(TLanes.Load(a + i + (3 * TLanes.Count)), TLanes.Load(b + i + (3 * TLanes.Count)), s3);
        }

        for (; i < count; i += TLanes.Count)
        {
            s0 = TLanes.MultiplyAdd(TLanes.Load(a + i), TLanes.Load(b + i), s0);
        }

        return -TLanes.Sum(s0 + s1 + (s2 + s3));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Squared<TLanes>(float* a, float* b, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes s0 = TLanes.Zero, s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
        var i = 0;
        for (; i <= count - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            var d0 = TLanes.Load(a + i) - TLanes.Load(b + i);
            var d1 = TLanes.Load(a + i + TLanes.Count) - TLanes.Load(b + i + TLanes.Count);
            var d2 = TLanes.Load(a + i + (2 * TLanes.Count)) - TLanes.Load(b + i + (2 * TLanes.Count));
            var d3 = TLanes.Load(a + i + (3 * TLanes.Count)) - TLanes.Load(b + i + (3 * TLanes.Count));
            s0 = TLanes.MultiplyAdd(d0, d0, s0);
            s1 = TLanes.MultiplyAdd(d1, d1, s1);
            s2 = TLanes.MultiplyAdd(d2, d2, s2);
            s3 = TLanes.MultiplyAdd(d3, d3, s3);
        }

        for (; i < count; i += TLanes.Count)
        {
            var d = TLanes.Load(a + i) - TLanes.Load(b + i);
            s0 = TLanes.MultiplyAdd(d, d, s0);
        }

        return TLanes.Sum(s0 + s1 + (s2 + s3));
    }
}
