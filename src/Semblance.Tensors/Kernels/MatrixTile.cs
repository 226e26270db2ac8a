using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// The innermost loop of every matrix product: a block of rows times one packed panel, two registers wide, with all
/// sums in registers. Up to fourteen rows fit thirty-two registers, up to six fit sixteen.
/// </summary>
/// <remarks>
/// Each element is one chain of fused multiply-adds in the order of the depth, so a row's result does not depend on
/// how many rows stand beside it.
/// </remarks>
internal static unsafe class MatrixTile<TLanes, TRows>
    where TLanes : struct, ILanes<TLanes>
    where TRows : struct, ITileRows
{
    /// <summary>c = a · panel.</summary>
    /// <param name="a">The first row, of <paramref name="depth"/> floats.</param>
    /// <param name="strideA">Floats from one row of a to the next.</param>
    /// <param name="panel">The panel: <paramref name="depth"/> rows of two registers, one after the other.</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="c">The first row of the result, two registers wide.</param>
    /// <param name="strideC">Floats from one row of c to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* a, nint strideA, float* panel, int depth, float* c, nint strideC)
    {
        TLanes left0 = TLanes.Zero, right0 = TLanes.Zero;
        TLanes left1 = TLanes.Zero, right1 = TLanes.Zero;
        TLanes left2 = TLanes.Zero, right2 = TLanes.Zero;
        TLanes left3 = TLanes.Zero, right3 = TLanes.Zero;
        TLanes left4 = TLanes.Zero, right4 = TLanes.Zero;
        TLanes left5 = TLanes.Zero, right5 = TLanes.Zero;
        TLanes left6 = TLanes.Zero, right6 = TLanes.Zero;
        TLanes left7 = TLanes.Zero, right7 = TLanes.Zero;
        TLanes left8 = TLanes.Zero, right8 = TLanes.Zero;
        TLanes left9 = TLanes.Zero, right9 = TLanes.Zero;
        TLanes left10 = TLanes.Zero, right10 = TLanes.Zero;
        TLanes left11 = TLanes.Zero, right11 = TLanes.Zero;
        TLanes left12 = TLanes.Zero, right12 = TLanes.Zero;
        TLanes left13 = TLanes.Zero, right13 = TLanes.Zero;

        // Rows are reached from four base pointers and three strides: more would not fit the address registers.
        float* a4 = a + (4 * strideA), a8 = a + (8 * strideA), a12 = a + (12 * strideA);
        nint stride2 = 2 * strideA, stride3 = 3 * strideA;
        for (var end = panel + (nint)depth * 2 * TLanes.Count; panel < end; panel += 2 * TLanes.Count)
        {
            TLanes left = TLanes.Load(panel), right = TLanes.Load(panel + TLanes.Count);
            var x = TLanes.Broadcast(a[0]);
            left0 = TLanes.MultiplyAdd(x, left, left0);
            right0 = TLanes.MultiplyAdd(x, right, right0);
            if (TRows.Count > 1)
            {
                x = TLanes.Broadcast(a[strideA]);
                left1 = TLanes.MultiplyAdd(x, left, left1);
                right1 = TLanes.MultiplyAdd(x, right, right1);
            }

            if (TRows.Count > 2)
            {
                x = TLanes.Broadcast(a[stride2]);
                left2 = TLanes.MultiplyAdd(x, left, left2);
                right2 = TLanes.MultiplyAdd(x, right, right2);
                x = TLanes.Broadcast(a[stride3]);
                left3 = TLanes.MultiplyAdd(x, left, left3);
                right3 = TLanes.MultiplyAdd(x, right, right3);
            }

            if (TRows.Count > 4)
            {
                x = TLanes.Broadcast(a4[0]);
                left4 = TLanes.MultiplyAdd(x, left, left4);
                right4 = TLanes.MultiplyAdd(x, right, right4);
                x = TLanes.Broadcast(a4[strideA]);
                left5 = TLanes.MultiplyAdd(x, left, left5);
                right5 = TLanes.MultiplyAdd(x, right, right5);
            }

            if (TRows.Count > 6)
            {
                x = TLanes.Broadcast(a4[stride2]);
                left6 = TLanes.MultiplyAdd(x, left, left6);
                right6 = TLanes.MultiplyAdd(x, right, right6);
                x = TLanes.Broadcast(a4[stride3]);
                left7 = TLanes.MultiplyAdd(x, left, left7);
                right7 = TLanes.MultiplyAdd(x, right, right7);
            }

            if (TRows.Count > 8)
            {
                x = TLanes.Broadcast(a8[0]);
                left8 = TLanes.MultiplyAdd(x, left, left8);
                right8 = TLanes.MultiplyAdd(x, right, right8);
                x = TLanes.Broadcast(a8[strideA]);
                left9 = TLanes.MultiplyAdd(x, left, left9);
                right9 = TLanes.MultiplyAdd(x, right, right9);
                x = TLanes.Broadcast(a8[stride2]);
                left10 = TLanes.MultiplyAdd(x, left, left10);
                right10 = TLanes.MultiplyAdd(x, right, right10);
                x = TLanes.Broadcast(a8[stride3]);
                left11 = TLanes.MultiplyAdd(x, left, left11);
                right11 = TLanes.MultiplyAdd(x, right, right11);
                x = TLanes.Broadcast(a12[0]);
                left12 = TLanes.MultiplyAdd(x, left, left12);
                right12 = TLanes.MultiplyAdd(x, right, right12);
                x = TLanes.Broadcast(a12[strideA]);
                left13 = TLanes.MultiplyAdd(x, left, left13);
                right13 = TLanes.MultiplyAdd(x, right, right13);
            }

            a++;
            if (TRows.Count > 4)
            {
                a4++;
            }

            if (TRows.Count > 8)
            {
                a8++;
                a12++;
            }
        }

        Store(c, left0, right0);
        if (TRows.Count > 1)
        {
            Store(c + (1 * strideC), left1, right1);
        }

        if (TRows.Count > 2)
        {
            Store(c + (2 * strideC), left2, right2);
            Store(c + (3 * strideC), left3, right3);
        }

        if (TRows.Count > 4)
        {
            Store(c + (4 * strideC), left4, right4);
            Store(c + (5 * strideC), left5, right5);
        }

        if (TRows.Count > 6)
        {
            Store(c + (6 * strideC), left6, right6);
            Store(c + (7 * strideC), left7, right7);
        }

        if (TRows.Count > 8)
        {
            Store(c + (8 * strideC), left8, right8);
            Store(c + (9 * strideC), left9, right9);
            Store(c + (10 * strideC), left10, right10);
            Store(c + (11 * strideC), left11, right11);
            Store(c + (12 * strideC), left12, right12);
            Store(c + (13 * strideC), left13, right13);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, TLanes left, TLanes right)
    {
        left.Store(c);
        right.Store(c + TLanes.Count);
    }
}
