using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Represents the innermost loop of every matrix product: a block of rows times one packed panel, two registers wide, with all sums in
/// registers. Up to fourteen rows fit thirty-two registers, up to six fit sixteen.
/// </summary>
/// <remarks>
/// Each element is one chain of fused multiply-adds in the order of the depth, so a row's result does not depend on
/// the number of rows beside it. The row count is a type, so that the compiler removes the code of the rows that do not exist.
/// </remarks>
internal static unsafe class MatrixTile<TLanes, TElements, TRows>
    where TLanes : struct, ILanes<TLanes>
    where TElements : struct, IPanelElements
    where TRows : struct, ITileRows
{
    /// <summary>Computes c = a · panel.</summary>
    /// <param name="a">The first row, of <paramref name="depth"/> floats.</param>
    /// <param name="strideA">The number of floats from one row of a to the next.</param>
    /// <param name="stepA">The number of floats from one element of a row to the next: 1, or more if a is transposed.</param>
    /// <param name="panel">The panel: <paramref name="depth"/> rows of two registers, one after the other.</param>
    /// <param name="depth">The length of the sums.</param>
    /// <param name="c">The first row of the result, two registers wide.</param>
    /// <param name="strideC">The number of floats from one row of c to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)] // inlined, it would share its registers
    public static void Multiply(float* a, nint strideA, nint stepA, float* panel, int depth, float* c, nint strideC)
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

        // Rows are addressed from four base pointers and three strides: more would not fit the address registers.
        float* a4 = a + (4 * strideA), a8 = a + (8 * strideA), a12 = a + (12 * strideA);
        nint stride2 = 2 * strideA, stride3 = 3 * strideA;
        for (var end = panel + ((nint)depth * TElements.StepFloats<TLanes>()); panel < end; panel += TElements.StepFloats<TLanes>())
        {
            TLanes left = TElements.Left<TLanes>(panel), right = TElements.Right<TLanes>(panel);
            Accumulate(a[0], left, right, ref left0, ref right0);
            if (TRows.Count > 1)
            {
                Accumulate(a[strideA], left, right, ref left1, ref right1);
            }

            if (TRows.Count > 2)
            {
                Accumulate(a[stride2], left, right, ref left2, ref right2);
            }

            if (TRows.Count > 3)
            {
                Accumulate(a[stride3], left, right, ref left3, ref right3);
            }

            if (TRows.Count > 4)
            {
                Accumulate(a4[0], left, right, ref left4, ref right4);
            }

            if (TRows.Count > 5)
            {
                Accumulate(a4[strideA], left, right, ref left5, ref right5);
            }

            if (TRows.Count > 6)
            {
                Accumulate(a4[stride2], left, right, ref left6, ref right6);
            }

            if (TRows.Count > 7)
            {
                Accumulate(a4[stride3], left, right, ref left7, ref right7);
            }

            if (TRows.Count > 8)
            {
                Accumulate(a8[0], left, right, ref left8, ref right8);
            }

            if (TRows.Count > 9)
            {
                Accumulate(a8[strideA], left, right, ref left9, ref right9);
            }

            if (TRows.Count > 10)
            {
                Accumulate(a8[stride2], left, right, ref left10, ref right10);
            }

            if (TRows.Count > 11)
            {
                Accumulate(a8[stride3], left, right, ref left11, ref right11);
            }

            if (TRows.Count > 12)
            {
                Accumulate(a12[0], left, right, ref left12, ref right12);
            }

            if (TRows.Count > 13)
            {
                Accumulate(a12[strideA], left, right, ref left13, ref right13);
            }

            a += stepA;
            a4 += stepA;
            a8 += stepA;
            a12 += stepA;
        }

        Store(c, left0, right0);

        if (TRows.Count > 1)
        {
            Store(c + (1 * strideC), left1, right1);
        }

        if (TRows.Count > 2)
        {
            Store(c + (2 * strideC), left2, right2);
        }

        if (TRows.Count > 3)
        {
            Store(c + (3 * strideC), left3, right3);
        }

        if (TRows.Count > 4)
        {
            Store(c + (4 * strideC), left4, right4);
        }

        if (TRows.Count > 5)
        {
            Store(c + (5 * strideC), left5, right5);
        }

        if (TRows.Count > 6)
        {
            Store(c + (6 * strideC), left6, right6);
        }

        if (TRows.Count > 7)
        {
            Store(c + (7 * strideC), left7, right7);
        }

        if (TRows.Count > 8)
        {
            Store(c + (8 * strideC), left8, right8);
        }

        if (TRows.Count > 9)
        {
            Store(c + (9 * strideC), left9, right9);
        }

        if (TRows.Count > 10)
        {
            Store(c + (10 * strideC), left10, right10);
        }

        if (TRows.Count > 11)
        {
            Store(c + (11 * strideC), left11, right11);
        }

        if (TRows.Count > 12)
        {
            Store(c + (12 * strideC), left12, right12);
        }

        if (TRows.Count > 13)
        {
            Store(c + (13 * strideC), left13, right13);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(float a, TLanes left, TLanes right, ref TLanes leftSum, ref TLanes rightSum)
    {
        var x = TLanes.Broadcast(a);
        leftSum = TElements.MultiplyAdd(x, left, leftSum);
        rightSum = TElements.MultiplyAdd(x, right, rightSum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, TLanes left, TLanes right)
    {
        left.Store(c);
        right.Store(c + TLanes.Count);
    }
}
