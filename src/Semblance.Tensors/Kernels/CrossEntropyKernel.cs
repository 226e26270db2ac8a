using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>ln Σ eˣ of each row, and how far the score of the row's class lies below it. An item is a row.</summary>
internal readonly unsafe struct CrossEntropyKernel(Tensor scores, int[] classes, int firstRow, Tensor logSums, Tensor losses) : IKernel
{
    private readonly float* _scores = scores.Data;
    private readonly float* _logSums = logSums.Data + firstRow;
    private readonly float* _losses = losses.Data + firstRow;
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
            var x = _scores + ((nint)row * _columns);
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

            _logSums[row] = max + MathF.Log(TLanes.Sum(sum));
            _losses[row] = _logSums[row] - x[classes[firstRow + row]];
        }
    }
}
