using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>The way back through <see cref="HeadProducts"/>, one head per item: dx = dy table, dtable = dyᵀ x.</summary>
internal readonly unsafe struct HeadProductsGradient(Tensor x, Tensor table, int heads, Tensor gradient, Tensor dx, Tensor dTable) : IKernel
{
    private readonly float* _x = x.Data;
    private readonly float* _table = table.Data;
    private readonly float* _gradient = gradient.Data;
    private readonly float* _dx = dx.Data;
    private readonly float* _dTable = dTable.Data;
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
        var panels = Scratch.Take(most * (padded + PanelProduct<TLanes>.Width), out var scratch);
        var edge = panels + (nint)(most * padded);
        for (var head = first; head < end; head++)
        {
            nint columns = head * _headSize, slopes = head * _entries;
            PanelProduct<TLanes>.Pack(_table + columns, _hidden, _headSize, _entries, panels);
            PanelProduct<TLanes>.Multiply(_gradient + slopes, _width, _rows, panels, _entries, _dx + columns, _hidden, _headSize, edge);
            PanelProduct<TLanes>.Pack(_x + columns, _hidden, _headSize, _rows, panels);
            PanelProduct<TLanes>.Multiply(_gradient + slopes, 1, _entries, panels, _rows, _dTable + columns, _hidden, _headSize, edge, _width);
        }

        GC.KeepAlive(scratch);
    }
}
