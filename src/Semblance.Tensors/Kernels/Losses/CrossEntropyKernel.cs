using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Computes ln Σ eˣ of each row, and its difference to the score of the row's class, of which a share is that of the mean score of all
/// classes. An item is a row.
/// </summary>
internal readonly unsafe struct CrossEntropyKernel(
    Tensor scores, int[] classes, int firstRow, Tensor logSums, Tensor losses, float smoothing = 0) : IKernel
{
    private readonly Operand _scores = scores;
    private readonly Operand _logSums = ((Operand)logSums).From(firstRow);
    private readonly Operand _losses = ((Operand)losses).From(firstRow);
    private readonly int _columns = scores.Columns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        var whole = _columns / TLanes.Count * TLanes.Count;
        var rest = stackalloc float[TLanes.Count];
        new Span<float>(rest, TLanes.Count).Fill(float.NegativeInfinity);
        for (var row = first; row < end; row++)
        {
            var x = _scores.Data + ((nint)row * _columns);
            new ReadOnlySpan<float>(x + whole, _columns - whole).CopyTo(new Span<float>(rest, TLanes.Count));
            var largest = TLanes.Load(rest);
            for (var i = 0; i < whole; i += TLanes.Count)
            {
                largest = TLanes.Max(largest, TLanes.Load(x + i));
            }

            var max = TLanes.Largest(largest);
            var shift = TLanes.Broadcast(max);
            var sum = VectorMath<TLanes>.Exp(TLanes.Load(rest) - shift);
            for (var i = 0; i < whole; i += TLanes.Count)
            {
                sum += VectorMath<TLanes>.Exp(TLanes.Load(x + i) - shift);
            }

            _logSums.Data[row] = max + MathF.Log(TLanes.Sum(sum));
            var own = x[classes[firstRow + row]];
            _losses.Data[row] = _logSums.Data[row] - (smoothing == 0 ? own : ((1 - smoothing) * own) + (smoothing * Mean<TLanes>(x)));
        }
    }

    private float Mean<TLanes>(float* x)
        where TLanes : struct, ILanes<TLanes>
    {
        var whole = _columns / TLanes.Count * TLanes.Count;
        var sum = TLanes.Broadcast(0);
        for (var i = 0; i < whole; i += TLanes.Count)
        {
            sum += TLanes.Load(x + i);
        }

        var total = TLanes.Sum(sum);
        for (var i = whole; i < _columns; i++)
        {
            total += x[i];
        }

        return total / _columns;
    }
}
