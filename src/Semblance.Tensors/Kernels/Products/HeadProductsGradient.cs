using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Computes the backward pass of <see cref="HeadProducts"/>, one head per item: dx = dy table, dtable = dyᵀ x.</summary>
internal readonly unsafe struct HeadProductsGradient(Tensor x, Tensor table, int heads, Tensor gradient, Tensor dx, Tensor dTable) : IKernel
{
    private readonly Operand _x = x;
    private readonly Operand _table = table;
    private readonly Operand _gradient = gradient;
    private readonly Operand _dx = dx;
    private readonly Operand _dTable = dTable;
    private readonly int _rows = x.Rows;
    private readonly int _entries = table.Rows;
    private readonly int _hidden = x.Columns;
    private readonly int _headSize = x.Columns / heads;
    private readonly int _width = gradient.Columns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        long padded = PanelProduct<TLanes>.Padded(_headSize), most = Math.Max(_rows, _entries);
        var panels = Scratch.Take(most * (padded + PanelProduct<TLanes>.Width));
        var edge = panels + (nint)(most * padded);
        for (var head = first; head < end; head++)
        {
            nint columns = head * _headSize, entry = head * _entries;
            PanelProduct<TLanes>.Pack(_table.Data + columns, _hidden, _headSize, _entries, panels);
            PanelProduct<TLanes>.Multiply(
                _gradient.Data + entry, _width, _rows, panels, _entries, _dx.Data + columns, _hidden, _headSize, edge);
            PanelProduct<TLanes>.Pack(_x.Data + columns, _hidden, _headSize, _rows, panels);
            PanelProduct<TLanes>.Multiply(
                _gradient.Data + entry, 1, _entries, panels, _rows, _dTable.Data + columns, _hidden, _headSize, edge, _width);
        }
    }
}
