using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Computes the products of a row of x with some queries, and with itself, while it is in the first-level cache: one row per item, read
/// once.
/// </summary>
/// <typeparam name="TElements">The type in which x is stored.</typeparam>
/// <param name="x">The rows, one after another.</param>
/// <param name="queries">The queries, multiplied by the divisor of <typeparamref name="TElements"/>.</param>
/// <param name="products">Receives <c>[queries × stride]</c>; the first elements of each query are its products with the rows.</param>
/// <param name="stride">The number of elements from one query's products to the next's.</param>
/// <param name="squares">Receives the square of each row's length.</param>
internal readonly unsafe struct RowProductsKernel<TElements>(void* x, Tensor queries, float* products, int stride, float* squares) : IKernel
    where TElements : struct, IStoredElements
{
    private readonly Operand _queries = queries;
    private readonly int _count = queries.Rows;
    private readonly int _columns = queries.Columns;

    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var row = first; row < end; row++)
        {
            var from = (byte*)x + ((nint)row * _columns * TElements.Size);
            (products[row], squares[row]) = ProductAndSquare<TLanes>(from, _queries.Data);
            for (var query = 1; query < _count; query++)
            {
                products[((nint)query * stride) + row] = Product<TLanes>(from, _queries.Data + ((nint)query * _columns));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Product<TLanes>(byte* a, float* b)
        where TLanes : struct, ILanes<TLanes>
    {
        // Four sums, so that additions do not wait for each other.
        TLanes s0 = TLanes.Zero, s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
        var i = 0;
        for (; i <= _columns - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            s0 = TLanes.MultiplyAdd(TElements.Load<TLanes>(a, i), TLanes.Load(b + i), s0);
            s1 = TLanes.MultiplyAdd(TElements.Load<TLanes>(a, i + TLanes.Count), TLanes.Load(b + i + TLanes.Count), s1);
            s2 = TLanes.MultiplyAdd(TElements.Load<TLanes>(a, i + (2 * TLanes.Count)), TLanes.Load(b + i + (2 * TLanes.Count)), s2);
            s3 = TLanes.MultiplyAdd(TElements.Load<TLanes>(a, i + (3 * TLanes.Count)), TLanes.Load(b + i + (3 * TLanes.Count)), s3);
        }

        for (; i <= _columns - TLanes.Count; i += TLanes.Count)
        {
            s0 = TLanes.MultiplyAdd(TElements.Load<TLanes>(a, i), TLanes.Load(b + i), s0);
        }

        var sum = TLanes.Sum(s0 + s1 + (s2 + s3));
        for (; i < _columns; i++)
        {
            sum += TElements.Load(a, i) * b[i];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (float Product, float Square) ProductAndSquare<TLanes>(byte* a, float* b)
        where TLanes : struct, ILanes<TLanes>
    {
        var scale = TLanes.Broadcast(TElements.Divisor);
        TLanes s0 = TLanes.Zero, s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
        TLanes q0 = TLanes.Zero, q1 = TLanes.Zero, q2 = TLanes.Zero, q3 = TLanes.Zero;
        var i = 0;
        for (; i <= _columns - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            Add(a, b, i, scale, ref s0, ref q0);
            Add(a, b, i + TLanes.Count, scale, ref s1, ref q1);
            Add(a, b, i + (2 * TLanes.Count), scale, ref s2, ref q2);
            Add(a, b, i + (3 * TLanes.Count), scale, ref s3, ref q3);
        }

        for (; i <= _columns - TLanes.Count; i += TLanes.Count)
        {
            Add(a, b, i, scale, ref s0, ref q0);
        }

        float sum = TLanes.Sum(s0 + s1 + (s2 + s3)), square = TLanes.Sum(q0 + q1 + (q2 + q3));
        for (; i < _columns; i++)
        {
            var last = TElements.Load(a, i);
            sum += last * b[i];
            square += last * TElements.Divisor * (last * TElements.Divisor);
        }

        return (sum, square);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TLanes>(byte* a, float* b, int i, TLanes scale, ref TLanes sum, ref TLanes square)
        where TLanes : struct, ILanes<TLanes>
    {
        var element = TElements.Load<TLanes>(a, i);
        sum = TLanes.MultiplyAdd(element, TLanes.Load(b + i), sum);
        element *= scale;
        square = TLanes.MultiplyAdd(element, element, square);
    }
}
