using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Rotates pairs of columns by the angles of their position: y₁ = x₁ cos − x₂ sin, y₂ = x₂ cos + x₁ sin; the backward pass uses the
/// opposite angles. An item is a token.
/// </summary>
internal readonly unsafe struct RotaryKernel(
    Tensor x, PackedBatch batch, int headSize, int columns, Tensor table, bool backward, Tensor y) : IKernel
{
    private readonly Operand _x = x;
    private readonly Operand _table = table;
    private readonly Operand _y = y;
    private readonly int _width = x.Columns;

    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        var found = batch.Offsets.BinarySearch(first);
        var sequence = found >= 0 ? found : ~found - 1;
        for (var token = first; token < end; token++)
        {
            if (token == batch.Offsets[sequence + 1])
            {
                sequence++;
            }

            var cosines = _table.Data + ((nint)(batch.Start(sequence) + token - batch.Offsets[sequence]) * columns);
            for (var head = 0; head < _width; head += headSize)
            {
                var place = ((nint)token * _width) + head;
                Head<TLanes>(_x.Data + place, cosines, _y.Data + place);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Head<TLanes>(float* x, float* cosines, float* y)
        where TLanes : struct, ILanes<TLanes>
    {
        var half = columns / 2;
        var sines = cosines + half;
        var sign = backward ? -1f : 1f;
        var signs = TLanes.Broadcast(sign);
        var i = 0;
        for (; i <= half - TLanes.Count; i += TLanes.Count)
        {
            TLanes first = TLanes.Load(x + i), second = TLanes.Load(x + half + i), cosine = TLanes.Load(cosines + i),
                sine = TLanes.Load(sines + i) * signs;
            ((first * cosine) - (second * sine)).Store(y + i);
            ((second * cosine) + (first * sine)).Store(y + half + i);
        }

        for (; i < half; i++)
        {
            var (first, second, sine) = (x[i], x[half + i], sines[i] * sign);
            y[i] = (first * cosines[i]) - (second * sine);
            y[half + i] = (second * cosines[i]) + (first * sine);
        }

        new ReadOnlySpan<float>(x + columns, headSize - columns).CopyTo(new Span<float>(y + columns, headSize - columns));
    }
}
