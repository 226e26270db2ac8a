using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// y = f(x · panels + bias). An item is one panel of one chunk of rows; a chunk's part of x stays in the second-level
/// cache while the panels pass, and each tile gets its bias and activation while it is in the first.
/// </summary>
internal readonly unsafe struct MatrixProduct : IKernel
{
    private const int ChunkFloats = 128 * 1024;
    private const int TallestTile = 14;

    private readonly PackedMatrix _panels;
    private readonly float* _x;
    private readonly float* _bias;
    private readonly float* _y;
    private readonly int _rows;
    private readonly int _chunkRows;
    private readonly Activation _activation;

    public MatrixProduct(Tensor x, PackedMatrix panels, Tensor? bias, Activation activation, Tensor y)
    {
        _x = x.Data;
        _panels = panels;
        _bias = bias is null ? null : bias.Data;
        _activation = activation;
        _y = y.Data;
        _rows = x.Rows;
        _chunkRows = Math.Max(1, ChunkFloats / Math.Max(1, panels.Depth) / (3 * TallestTile)) * 3 * TallestTile; // a multiple of 6 and 14
    }

    public int Items => (_rows + _chunkRows - 1) / _chunkRows * _panels.PanelCount;

    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var item = first; item < end; item++)
        {
            int row = item / _panels.PanelCount * _chunkRows, panel = item % _panels.PanelCount;
            Panel<TLanes>(row, Math.Min(_rows, row + _chunkRows), panel);
        }
    }

    private void Panel<TLanes>(int row, int endRow, int panel)
        where TLanes : struct, ILanes<TLanes>
    {
        int width = _panels.PanelWidth, depth = _panels.Depth, column = panel * width;
        var columns = Math.Min(width, _panels.Columns - column);
        var packed = _panels.Panels + ((nint)panel * width * depth);
        var edge = stackalloc float[TallestTile * 2 * TLanes.Count];
        var left = TLanes.Zero;
        var right = TLanes.Zero;
        if (_bias is not null)
        {
            left = VectorMath<TLanes>.LoadPartial(_bias + column, Math.Min(columns, TLanes.Count));
            right = VectorMath<TLanes>.LoadPartial(_bias + column + TLanes.Count, columns - TLanes.Count);
        }

        for (; row < endRow; row += TLanes.TileRows)
        {
            var rows = Math.Min(TLanes.TileRows, endRow - row);
            var x = _x + ((nint)row * depth);
            var y = _y + ((nint)row * _panels.Columns) + column;
            if (columns == width)
            {
                TileColumn<TLanes>.Multiply(x, depth, rows, packed, depth, y, _panels.Columns);
                Finish(y, _panels.Columns, rows, left, right);
                continue;
            }

            // The last panel is wider than what is left of y: its tile is made beside it and copied.
            TileColumn<TLanes>.Multiply(x, depth, rows, packed, depth, edge, width);
            Finish(edge, width, rows, left, right);
            for (var i = 0; i < rows; i++)
            {
                new ReadOnlySpan<float>(edge + (i * width), columns).CopyTo(new Span<float>(y + ((nint)i * _panels.Columns), columns));
            }
        }
    }

    private void Finish<TLanes>(float* y, nint stride, int rows, TLanes left, TLanes right)
        where TLanes : struct, ILanes<TLanes>
    {
        switch (_activation)
        {
            case Activation.Identity when _bias is null:
                break;
            case Activation.Identity:
                Finish<TLanes, Identity>(y, stride, rows, left, right);
                break;
            case Activation.Gelu:
                Finish<TLanes, Gelu>(y, stride, rows, left, right);
                break;
            case Activation.GeluTanh:
                Finish<TLanes, GeluTanh>(y, stride, rows, left, right);
                break;
            case Activation.QuickGelu:
                Finish<TLanes, QuickGelu>(y, stride, rows, left, right);
                break;
            case Activation.GeluClipped:
                Finish<TLanes, GeluClipped>(y, stride, rows, left, right);
                break;
            case Activation.Relu6:
                Finish<TLanes, Relu6>(y, stride, rows, left, right);
                break;
            case Activation.ReluSquared:
                Finish<TLanes, ReluSquared>(y, stride, rows, left, right);
                break;
            case Activation.LeakyRelu:
                Finish<TLanes, LeakyRelu>(y, stride, rows, left, right);
                break;
            case Activation.Mish:
                Finish<TLanes, Mish>(y, stride, rows, left, right);
                break;
            case Activation.Laplace:
                Finish<TLanes, Laplace>(y, stride, rows, left, right);
                break;
            case Activation.Relu:
                Finish<TLanes, Relu>(y, stride, rows, left, right);
                break;
            case Activation.Silu:
                Finish<TLanes, Silu>(y, stride, rows, left, right);
                break;
            case Activation.Tanh:
                Finish<TLanes, Tanh>(y, stride, rows, left, right);
                break;
            case Activation.Sigmoid:
                Finish<TLanes, Sigmoid>(y, stride, rows, left, right);
                break;
            default:
                throw new InvalidOperationException($"There is no activation {_activation}.");
        }
    }

    private static void Finish<TLanes, TActivation>(float* y, nint stride, int rows, TLanes left, TLanes right)
        where TLanes : struct, ILanes<TLanes>
        where TActivation : struct, IActivation
    {
        for (var i = 0; i < rows; i++, y += stride)
        {
            TActivation.Apply(TLanes.Load(y) + left).Store(y);
            TActivation.Apply(TLanes.Load(y + TLanes.Count) + right).Store(y + TLanes.Count);
        }
    }
}
