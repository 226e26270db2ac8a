using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Computes layer normalization of one row per item. The variance is computed around the mean, in a second pass. It stores the sum of x and
/// the residual, if there is room for it, for the backward pass.
/// </summary>
internal readonly unsafe struct LayerNormKernel : IKernel
{
    private readonly Operand _x;
    private readonly Operand _residual;
    private readonly Operand _weight;
    private readonly Operand _bias;
    private readonly Operand _sum;
    private readonly Operand _y;
    private readonly int _columns;
    private readonly float _epsilon;

    public LayerNormKernel(Tensor x, Tensor? residual, LayerNorm layer, Tensor? sum, Tensor y)
    {
        _x = x;
        _residual = residual;
        _weight = layer.Weight;
        _bias = layer.Shift;
        _sum = sum;
        _y = y;
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
        float* x = _x.Data + start, residual = _residual.Data is null ? null : _residual.Data + start, y = _y.Data + start;
        var sum = _sum.Data is null ? y : _sum.Data + start;
        var (mean, scale) = Statistics<TLanes>(x, residual, sum, _columns, _epsilon);
        TLanes means = TLanes.Broadcast(mean), scales = TLanes.Broadcast(scale);
        var i = 0;
        for (; i <= _columns - TLanes.Count; i += TLanes.Count)
        {
            TLanes.MultiplyAdd((TLanes.Load(sum + i) - means) * scales, TLanes.Load(_weight.Data + i), TLanes.Load(_bias.Data + i))
                .Store(y + i);
        }

        for (; i < _columns; i++)
        {
            y[i] = MathF.FusedMultiplyAdd((sum[i] - mean) * scale, _weight.Data[i], _bias.Data[i]);
        }
    }

    /// <summary>Writes x + residual to y, and computes its mean and 1 / √(variance + ε).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (float Mean, float Scale) Statistics<TLanes>(float* x, float* residual, float* y, int columns, float epsilon)
        where TLanes : struct, ILanes<TLanes>
    {
        // Two sums side by side, so that additions do not wait for each other.
        int whole = columns / TLanes.Count * TLanes.Count, pairs = whole / (2 * TLanes.Count) * (2 * TLanes.Count);
        TLanes left = TLanes.Zero, right = TLanes.Zero;
        for (var i = 0; i < pairs; i += 2 * TLanes.Count)
        {
            left += Sum<TLanes>(x, residual, y, i);
            right += Sum<TLanes>(x, residual, y, i + TLanes.Count);
        }

        if (pairs < whole)
        {
            left += Sum<TLanes>(x, residual, y, pairs);
        }

        var sum = TLanes.Sum(left + right);
        for (var i = whole; i < columns; i++)
        {
            y[i] = residual is null ? x[i] : x[i] + residual[i];
            sum += y[i];
        }

        var mean = sum / columns;
        var means = TLanes.Broadcast(mean);
        (left, right) = (TLanes.Zero, TLanes.Zero);
        for (var i = 0; i < pairs; i += 2 * TLanes.Count)
        {
            TLanes ofLeft = TLanes.Load(y + i) - means, ofRight = TLanes.Load(y + i + TLanes.Count) - means;
            left = TLanes.MultiplyAdd(ofLeft, ofLeft, left);
            right = TLanes.MultiplyAdd(ofRight, ofRight, right);
        }

        if (pairs < whole)
        {
            var difference = TLanes.Load(y + pairs) - means;
            left = TLanes.MultiplyAdd(difference, difference, left);
        }

        var square = TLanes.Sum(left + right);
        for (var i = whole; i < columns; i++)
        {
            square = MathF.FusedMultiplyAdd(y[i] - mean, y[i] - mean, square);
        }

        return (mean, 1f / MathF.Sqrt((square / columns) + epsilon));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Sum<TLanes>(float* x, float* residual, float* y, int i)
        where TLanes : struct, ILanes<TLanes>
    {
        var value = TLanes.Load(x + i);
        if (residual is not null)
        {
            value += TLanes.Load(residual + i);
        }

        value.Store(y + i);
        return value;
    }
}
