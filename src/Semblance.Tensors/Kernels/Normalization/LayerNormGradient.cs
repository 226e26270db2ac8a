using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Computes the backward pass of layer normalization, one row per item: with n the normalized row and g the gradient times the weight, dx =
/// (g − mean(g) − n · mean(g · n)) / standard deviation, which is the gradient of a residual in x as well. dx may be x. It stores n, if
/// there is room for it, for the gradient of the weight.
/// </summary>
internal readonly unsafe struct LayerNormGradient(
    Tensor x, LayerNorm layer, Tensor gradient, Tensor? normalized, Tensor dx, Tensor? dResidual, bool adds) : IKernel
{
    private readonly Operand _x = x;
    private readonly Operand _weight = layer.Weight;
    private readonly Operand _gradient = gradient;
    private readonly Operand _normalized = normalized;
    private readonly Operand _dx = dx;
    private readonly Operand _dResidual = dResidual;
    private readonly bool _adds = adds;
    private readonly int _columns = x.Columns;
    private readonly float _epsilon = layer.Epsilon;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        var scratch = _normalized.Data is null ? Scratch.Take(_columns) : null;
        for (var row = first; row < end; row++)
        {
            var start = (nint)row * _columns;
            float* n = scratch is null ? _normalized.Data + start : scratch, dx = _dx.Data + start, dy = _gradient.Data + start;
            var (mean, scale) = LayerNormKernel.Statistics<TLanes>(_x.Data + start, null, n, _columns, _epsilon);
            TLanes means = TLanes.Broadcast(mean), scales = TLanes.Broadcast(scale), weightedSum = TLanes.Zero, products = TLanes.Zero;
            var whole = _columns / TLanes.Count * TLanes.Count;
            for (var i = 0; i < whole; i += TLanes.Count)
            {
                var normal = (TLanes.Load(n + i) - means) * scales;
                var weighted = TLanes.Load(dy + i) * TLanes.Load(_weight.Data + i);
                normal.Store(n + i);
                weighted.Store(dx + i);
                weightedSum += weighted;
                products = TLanes.MultiplyAdd(weighted, normal, products);
            }

            float sum = TLanes.Sum(weightedSum), product = TLanes.Sum(products);
            for (var i = whole; i < _columns; i++)
            {
                n[i] = (n[i] - mean) * scale;
                dx[i] = dy[i] * _weight.Data[i];
                sum += dx[i];
                product = MathF.FusedMultiplyAdd(dx[i], n[i], product);
            }

            float shift = sum / _columns, share = product / _columns;
            TLanes shifts = TLanes.Broadcast(shift), shares = TLanes.Broadcast(share);
            for (var i = 0; i < whole; i += TLanes.Count)
            {
                ((TLanes.Load(dx + i) - shifts - (TLanes.Load(n + i) * shares)) * scales).Store(dx + i);
            }

            for (var i = whole; i < _columns; i++)
            {
                dx[i] = (dx[i] - shift - (n[i] * share)) * scale;
            }

            if (_dResidual.Data is not null)
            {
                PassOn<TLanes>(dx, _dResidual.Data + start);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PassOn<TLanes>(float* dx, float* dResidual)
        where TLanes : struct, ILanes<TLanes>
    {
        var i = 0;
        for (; i <= _columns - TLanes.Count; i += TLanes.Count)
        {
            (_adds ? TLanes.Load(dx + i) + TLanes.Load(dResidual + i) : TLanes.Load(dx + i)).Store(dResidual + i);
        }

        for (; i < _columns; i++)
        {
            dResidual[i] = _adds ? dx[i] + dResidual[i] : dx[i];
        }
    }
}
