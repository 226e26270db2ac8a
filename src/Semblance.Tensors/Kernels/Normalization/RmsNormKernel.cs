using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Computes root-mean-square normalization of one row per item.</summary>
internal readonly unsafe struct RmsNormKernel(Tensor x, RmsNorm layer, Tensor y) : IKernel
{
    private readonly Operand _x = x;
    private readonly Operand _weight = layer.Weight;
    private readonly Operand _y = y;
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
            float* x = _x.Data + ((nint)row * _columns), y = _y.Data + ((nint)row * _columns);
            var scale = Scale<TLanes>(x, _columns, _epsilon);
            var scales = TLanes.Broadcast(scale);
            var i = 0;
            for (; i <= _columns - TLanes.Count; i += TLanes.Count)
            {
                (TLanes.Load(x + i) * scales * (TLanes.Load(_weight.Data + i) + offsets)).Store(y + i);
            }

            for (; i < _columns; i++)
            {
                y[i] = x[i] * scale * (_weight.Data[i] + _offset);
            }
        }
    }

    /// <summary>Computes 1 / √(mean(x²) + ε).</summary>
    public static float Scale<TLanes>(float* x, int columns, float epsilon)
        where TLanes : struct, ILanes<TLanes> => 1f / MathF.Sqrt((DotProduct<TLanes>.Of(x, x, columns) / columns) + epsilon);
}
