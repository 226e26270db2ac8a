using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>The sum of each column, row after row. An item is a block of columns.</summary>
internal readonly unsafe struct ColumnSums(Tensor x, Tensor sums) : IKernel
{
    private const int Block = 64;

    private readonly float* _x = x.Data;
    private readonly float* _sums = sums.Data;
    private readonly int _rows = x.Rows;
    private readonly int _columns = x.Columns;

    public int Items => (_columns + Block - 1) / Block;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        int start = first * Block, count = Math.Min(_columns, end * Block) - start;
        new Span<float>(_sums + start, count).Clear();
        for (var row = 0; row < _rows; row++)
        {
            float* x = _x + ((nint)row * _columns) + start, sums = _sums + start;
            var i = 0;
            for (; i <= count - TLanes.Count; i += TLanes.Count)
            {
                (TLanes.Load(sums + i) + TLanes.Load(x + i)).Store(sums + i);
            }

            for (; i < count; i++)
            {
                sums[i] += x[i];
            }
        }
    }
}
