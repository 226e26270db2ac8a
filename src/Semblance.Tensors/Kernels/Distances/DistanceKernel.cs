using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Computes the distances of one row of x per item to all rows of y, each summed in a fixed order.</summary>
internal readonly unsafe struct DistanceKernel(Tensor x, Tensor y, Distance distance, Tensor result) : IKernel
{
    private readonly Operand _x = x;
    private readonly Operand _y = y;
    private readonly Operand _result = result;
    private readonly int _columns = x.Columns;
    private readonly int _rows = y.Rows;
    private readonly Distance _distance = distance;

    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var item = first; item < end; item++)
        {
            float* row = _x.Data + ((nint)item * _columns), to = _result.Data + ((nint)item * _rows);
            for (var other = 0; other < _rows; other++)
            {
                var from = _y.Data + ((nint)other * _columns);
                to[other] = _distance == Distance.Euclidean
                    ? MathF.Sqrt(Sum<TLanes, Squared<TLanes>>(row, from))
                    : Sum<TLanes, Magnitude<TLanes>>(row, from);
            }
        }
    }

    private float Sum<TLanes, TTerm>(float* a, float* b)
        where TLanes : struct, ILanes<TLanes>
        where TTerm : struct, ITerm<TLanes>
    {
        // Four sums, so that additions do not wait for each other.
        TLanes s0 = TLanes.Zero, s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
        var i = 0;
        for (; i <= _columns - (4 * TLanes.Count); i += 4 * TLanes.Count)
        {
            s0 = TTerm.Add(s0, TLanes.Load(a + i) - TLanes.Load(b + i));
            s1 = TTerm.Add(s1, TLanes.Load(a + i + TLanes.Count) - TLanes.Load(b + i + TLanes.Count));
            s2 = TTerm.Add(s2, TLanes.Load(a + i + (2 * TLanes.Count)) - TLanes.Load(b + i + (2 * TLanes.Count)));
            s3 = TTerm.Add(s3, TLanes.Load(a + i + (3 * TLanes.Count)) - TLanes.Load(b + i + (3 * TLanes.Count)));
        }

        for (; i <= _columns - TLanes.Count; i += TLanes.Count)
        {
            s0 = TTerm.Add(s0, TLanes.Load(a + i) - TLanes.Load(b + i));
        }

        if (i < _columns)
        {
            s1 = TTerm.Add(s1, VectorMath<TLanes>.LoadPartial(a + i, _columns - i) - VectorMath<TLanes>.LoadPartial(b + i, _columns - i));
        }

        return TLanes.Sum(s0 + s1 + (s2 + s3));
    }

    /// <summary>Represents the term that a difference adds to the sum.</summary>
    private interface ITerm<TLanes>
    {
        static abstract TLanes Add(TLanes sum, TLanes difference);
    }

    private readonly struct Squared<TLanes> : ITerm<TLanes>
        where TLanes : struct, ILanes<TLanes>
    {
        public static TLanes Add(TLanes sum, TLanes difference) => TLanes.MultiplyAdd(difference, difference, sum);
    }

    private readonly struct Magnitude<TLanes> : ITerm<TLanes>
        where TLanes : struct, ILanes<TLanes>
    {
        public static TLanes Add(TLanes sum, TLanes difference) => sum + TLanes.Abs(difference);
    }
}
