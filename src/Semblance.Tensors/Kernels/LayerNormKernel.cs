using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Layer normalisation of one row per item. The variance is taken around the mean, in a second pass.</summary>
internal readonly unsafe struct LayerNormKernel : IKernel
{
    private readonly float* _x;
    private readonly float* _residual;
    private readonly float* _weight;
    private readonly float* _bias;
    private readonly float* _y;
    private readonly int _columns;
    private readonly float _epsilon;

    public LayerNormKernel(Tensor x, Tensor? residual, LayerNorm layer, Tensor y)
    {
        _x = x.Data;
        _residual = residual is null ? null : residual.Data;
        _weight = layer.Weight.Data;
        _bias = layer.Bias.Data;
        _y = y.Data;
        _columns = x.Columns;
        _epsilon = layer.Epsilon;
    }

    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var row = first; row < end; row++)
        {
            Row<TLanes>((nint)row * _columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row<TLanes>(nint start)
        where TLanes : struct, ILanes<TLanes>
    {
        float* x = _x + start, residual = _residual is null ? null : _residual + start, y = _y + start;
        int whole = _columns / TLanes.Count * TLanes.Count, rest = _columns - whole;

        var sum = TLanes.Zero;
        for (var i = 0; i < whole; i += TLanes.Count)
        {
            var value = TLanes.Load(x + i);
            if (residual is not null)
            {
                value += TLanes.Load(residual + i);
            }

            value.Store(y + i);
            sum += value;
        }

        var tail = TLanes.Zero;
        if (rest > 0)
        {
            tail = VectorMath<TLanes>.LoadPartial(x + whole, rest);
            if (residual is not null)
            {
                tail += VectorMath<TLanes>.LoadPartial(residual + whole, rest);
            }

            sum += tail;
        }

        var mean = TLanes.Broadcast(TLanes.Sum(sum) / _columns);
        var squares = TLanes.Zero;
        for (var i = 0; i < whole; i += TLanes.Count)
        {
            var difference = TLanes.Load(y + i) - mean;
            squares = TLanes.MultiplyAdd(difference, difference, squares);
        }

        if (rest > 0)
        {
            // The lanes beyond the row hold 0 − mean; they must not count.
            VectorMath<TLanes>.StorePartial(tail - mean, y + whole, rest);
            tail = VectorMath<TLanes>.LoadPartial(y + whole, rest);
            squares = TLanes.MultiplyAdd(tail, tail, squares);
        }

        var scale = TLanes.Broadcast(1f / MathF.Sqrt((TLanes.Sum(squares) / _columns) + _epsilon));
        for (var i = 0; i < whole; i += TLanes.Count)
        {
            TLanes.MultiplyAdd((TLanes.Load(y + i) - mean) * scale, TLanes.Load(_weight + i), TLanes.Load(_bias + i)).Store(y + i);
        }

        if (rest > 0)
        {
            var weight = VectorMath<TLanes>.LoadPartial(_weight + whole, rest);
            var bias = VectorMath<TLanes>.LoadPartial(_bias + whole, rest);
            VectorMath<TLanes>.StorePartial(TLanes.MultiplyAdd(tail * scale, weight, bias), y + whole, rest);
        }
    }
}
