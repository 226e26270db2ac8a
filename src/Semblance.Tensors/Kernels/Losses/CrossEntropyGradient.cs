using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Computes the backward pass of <see cref="CrossEntropyKernel"/> in place: scores become (softmax − target) · gradient, where the
/// target is 1 at the class, or less if a share is that of all classes. An item is a row.
/// </summary>
internal readonly unsafe struct CrossEntropyGradient(
    Tensor scores, int[] classes, int firstRow, Tensor logSums, Tensor gradient, float smoothing = 0) : IKernel
{
    private readonly Operand _scores = scores;
    private readonly Operand _logSums = ((Operand)logSums).From(firstRow);
    private readonly Operand _gradient = ((Operand)gradient).From(firstRow);
    private readonly int _columns = scores.Columns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        var whole = _columns / TLanes.Count * TLanes.Count;
        var share = TLanes.Broadcast(smoothing / _columns);
        for (var row = first; row < end; row++)
        {
            var x = _scores.Data + ((nint)row * _columns);
            var (shift, scale) = (TLanes.Broadcast(_logSums.Data[row]), TLanes.Broadcast(_gradient.Data[row]));
            for (var i = 0; i < whole; i += TLanes.Count)
            {
                ((VectorMath<TLanes>.Exp(TLanes.Load(x + i) - shift) - share) * scale).Store(x + i);
            }

            if (whole < _columns)
            {
                var rest = (VectorMath<TLanes>.Exp(VectorMath<TLanes>.LoadPartial(x + whole, _columns - whole) - shift) - share) * scale;
                VectorMath<TLanes>.StorePartial(rest, x + whole, _columns - whole);
            }

            x[classes[firstRow + row]] -= (1 - smoothing) * _gradient.Data[row];
        }
    }
}
