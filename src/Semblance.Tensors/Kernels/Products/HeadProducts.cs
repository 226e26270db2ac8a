using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Computes y = x tableᵀ within one head per item.</summary>
internal readonly unsafe struct HeadProducts(Tensor x, Tensor table, int heads, Tensor y) : IKernel
{
    private const int StripRows = 84; // a multiple of 6 and 14

    private readonly Operand _x = x;
    private readonly Operand _table = table;
    private readonly Operand _y = y;
    private readonly int _rows = x.Rows;
    private readonly int _entries = table.Rows;
    private readonly int _hidden = x.Columns;
    private readonly int _headSize = x.Columns / heads;
    private readonly int _width = y.Columns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        var padded = PanelProduct<TLanes>.Padded(_entries);
        var panels = Scratch.Take(((long)padded * _headSize) + ((long)StripRows * PanelProduct<TLanes>.Width));
        var edge = panels + ((nint)padded * _headSize);
        for (var head = first; head < end; head++)
        {
            PanelProduct<TLanes>.PackTransposed(_table.Data + (head * _headSize), _hidden, _entries, _headSize, panels);
            for (var row = 0; row < _rows; row += StripRows)
            {
                var rows = Math.Min(StripRows, _rows - row);
                PanelProduct<TLanes>.Multiply(
                    _x.Data + ((nint)row * _hidden) + (head * _headSize), _hidden, rows, panels, _headSize,
                    _y.Data + ((nint)row * _width) + (head * _entries), _width, _entries, edge);
            }
        }
    }
}
