using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Computes the backward pass of root-mean-square normalization, one row per item: with n the normalized row and g the gradient times the
/// scale, dx = (g − n · mean(g · n)) / root mean square. It stores gradient · n, if there is room for it, for the gradient of the weight.
/// </summary>
internal readonly unsafe struct RmsNormGradient(Tensor x, RmsNorm layer, Tensor gradient, Tensor? products, Tensor dx) : IKernel
{
    private readonly Operand _x = x;
    private readonly Operand _weight = layer.Weight;
    private readonly Operand _gradient = gradient;
    private readonly Operand _products = products;
    private readonly Operand _dx = dx;
    private readonly int _columns = layer.Columns;
    private readonly float _epsilon = layer.Epsilon;
    private readonly float _offset = layer.Offset;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        var offsets = TLanes.Broadcast(_offset);
        for (var row = first; row < end; row++)
        {
            var start = (nint)row * _columns;
            float* x = _x.Data + start, dy = _gradient.Data + start, products = _products.Data is null ? null : _products.Data + start,
                dx = _dx.Data + start;
            var scale = RmsNormKernel.Scale<TLanes>(x, _columns, _epsilon);
            var (scales, i) = (TLanes.Broadcast(scale), 0);
            for (; i <= _columns - TLanes.Count; i += TLanes.Count)
            {
                if (products is not null)
                {
                    (TLanes.Load(dy + i) * TLanes.Load(x + i) * scales).Store(products + i);
                }

                (TLanes.Load(dy + i) * (TLanes.Load(_weight.Data + i) + offsets)).Store(dx + i);
            }

            for (; i < _columns; i++)
            {
                if (products is not null)
                {
                    products[i] = dy[i] * x[i] * scale;
                }

                dx[i] = dy[i] * (_weight.Data[i] + _offset);
            }

            // mean(g · n) / root mean square, to be multiplied by x
            var share = DotProduct<TLanes>.Of(dx, x, _columns) * scale * scale / _columns;
            var shares = TLanes.Broadcast(share);
            for (i = 0; i <= _columns - TLanes.Count; i += TLanes.Count)
            {
                ((TLanes.Load(dx + i) - (TLanes.Load(x + i) * shares)) * scales).Store(dx + i);
            }

            for (; i < _columns; i++)
            {
                dx[i] = (dx[i] - (x[i] * share)) * scale;
            }
        }
    }
}
