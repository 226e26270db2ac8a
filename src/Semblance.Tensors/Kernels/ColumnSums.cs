using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Computes the sum of each column, row after row, of x or of x · factors. An item is a block of columns.</summary>
internal readonly unsafe struct ColumnSums(Tensor x, Tensor? factors, Tensor sums) : IKernel
{
    private const int Block = 64; // four of the widest registers

    private readonly Operand _x = x;
    private readonly Operand _factors = factors;
    private readonly Operand _sums = sums;
    private readonly int _rows = x.Rows;
    private readonly int _columns = x.Columns;

    public int Items => (_columns + Block - 1) / Block;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        int column = first * Block, last = Math.Min(_columns, end * Block);
        for (; column <= last - (4 * TLanes.Count); column += 4 * TLanes.Count)
        {
            FourRegisters<TLanes>(column);
        }

        for (; column < last; column++)
        {
            float sum = 0;
            for (var i = (nint)column; i < (nint)_rows * _columns; i += _columns)
            {
                sum = MathF.FusedMultiplyAdd(_x.Data[i], _factors.Data is null ? 1 : _factors.Data[i], sum);
            }

            _sums.Data[column] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FourRegisters<TLanes>(int column)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes s0 = TLanes.Zero, s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
        float* x = _x.Data + column, factors = _factors.Data + column;
        for (var row = 0; row < _rows; row++, x += _columns, factors += _columns)
        {
            if (_factors.Data is null)
            {
                s0 += TLanes.Load(x);
                s1 += TLanes.Load(x + TLanes.Count);
                s2 += TLanes.Load(x + (2 * TLanes.Count));
                s3 += TLanes.Load(x + (3 * TLanes.Count));
            }
            else
            {
                s0 = TLanes.MultiplyAdd(TLanes.Load(x), TLanes.Load(factors), s0);
                s1 = TLanes.MultiplyAdd(TLanes.Load(x + TLanes.Count), TLanes.Load(factors + TLanes.Count), s1);
                s2 = TLanes.MultiplyAdd(TLanes.Load(x + (2 * TLanes.Count)), TLanes.Load(factors + (2 * TLanes.Count)), s2);
                s3 = TLanes.MultiplyAdd(TLanes.Load(x + (3 * TLanes.Count)), TLanes.Load(factors + (3 * TLanes.Count)), s3);
            }
        }

        s0.Store(_sums.Data + column);
        s1.Store(_sums.Data + column + TLanes.Count);
        s2.Store(_sums.Data + column + (2 * TLanes.Count));
        s3.Store(_sums.Data + column + (3 * TLanes.Count));
    }
}
