using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>y = xᵀ. An item is a block of rows of y.</summary>
internal readonly unsafe struct TransposeKernel(Tensor x, Tensor y) : IKernel
{
    private const int Block = 16; // one cache line of each

    private readonly float* _x = x.Data;
    private readonly float* _y = y.Data;
    private readonly int _rows = x.Rows;
    private readonly int _columns = x.Columns;

    public int Items => (_columns + Block - 1) / Block;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var item = first; item < end; item++)
        {
            int column = item * Block, endColumn = Math.Min(_columns, column + Block);
            for (var row = 0; row < _rows; row += Block)
            {
                var endRow = Math.Min(_rows, row + Block);
                for (var c = column; c < endColumn; c++)
                {
                    for (var r = row; r < endRow; r++)
                    {
                        _y[((nint)c * _rows) + r] = _x[((nint)r * _columns) + c];
                    }
                }
            }
        }
    }
}
