using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Computes y = f(x · panels + bias), or adds that to y. An item is one panel of one chunk of rows; a chunk's part of x stays in the
/// second-level cache while the panels pass, and scales, bias and activation are applied to a block of tiles while it is in the first-level
/// cache.
/// </summary>
internal readonly unsafe struct MatrixProduct : IKernel
{
    private const int ChunkFloats = 32 * 1024;
    private const int TallestTile = 14;
    private const int BlockRows = 42;
    private const int CachePeriod = 1024; // floats

    private readonly PackedMatrix _panels;
    private readonly Operand _x;
    private readonly Operand _bias;
    private readonly Operand _rowScales; // for int8: of each row, then its zero point
    private readonly Operand _y;
    private readonly int _rows;
    private readonly int _chunkRows;
    private readonly int _transposedWidth; // of a panel of xᵀ; 0 if x is stored row by row
    private readonly Activation _activation;
    private readonly bool _adds;

    public MatrixProduct(Tensor x, PackedMatrix panels, Tensor? bias, Activation activation, Tensor y, bool adds = false)
        : this(x, x.Rows, panels, y, adds)
    {
        _bias = bias;
        _activation = activation;
    }

    /// <summary>Computes y = f(x · panels + bias) for an input in the number format of the panels.</summary>
    public MatrixProduct(ReducedInput x, PackedMatrix panels, Tensor? bias, Activation activation, Tensor y)
        : this(x.Values, panels, bias, activation, y) => _rowScales = x.Scales;

    /// <summary>Computes y = xᵀ · panels, or adds that to y, for x packed into panels one tile wide.</summary>
    public MatrixProduct(PackedMatrix x, PackedMatrix panels, Tensor y, bool adds)
        : this(new Operand(x, x.Panels), x.Columns, panels, y, adds) => _transposedWidth = x.PanelWidth;

    private MatrixProduct(Operand x, int rows, PackedMatrix panels, Tensor y, bool adds)
    {
        _x = x;
        _panels = panels;
        _y = y;
        _adds = adds;
        _rows = rows;
        _chunkRows = Math.Max(1, ChunkFloats / Math.Max(1, panels.Steps) / (3 * TallestTile)) * 3 * TallestTile; // a multiple of 6 and 14
    }

    public int Items => (_rows + _chunkRows - 1) / _chunkRows * _panels.PanelCount;

    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        var x = _x.Data;
        nint stride = _panels.Steps;
        for (int item = first, chunk = -1; item < end; item++)
        {
            var row = item / _panels.PanelCount * _chunkRows;
            var endRow = Math.Min(_rows, row + _chunkRows);
            if (row != chunk)
            {
                chunk = row;
                x = _x.Data + (row * (nint)_panels.Steps);
                if (_panels.Steps % CachePeriod == 0 && _transposedWidth == 0)
                {
                    stride = _panels.Steps + Tensor.Alignment;
                    x = Spread(x, endRow - row, stride);
                }
            }

            var panel = item % _panels.PanelCount;
            switch (_panels.Type)
            {
                case ComputeType.Int8:
                    Panel<TLanes, ByteElements>(x, stride, row, endRow, panel);
                    break;
                case ComputeType.BFloat16:
                    Panel<TLanes, BFloat16Elements>(x, stride, row, endRow, panel);
                    break;
                default:
                    Panel<TLanes, FloatElements>(x, stride, row, endRow, panel);
                    break;
            }
        }
    }

    // Rows a multiple of 4 KiB apart map to the same few lines of the first-level cache and evict each other.
    private float* Spread(float* x, int rows, nint stride)
    {
        var copy = Scratch.Take(rows * stride);
        for (var i = 0; i < rows; i++)
        {
            new ReadOnlySpan<float>(x + ((nint)i * _panels.Steps), _panels.Steps)
                .CopyTo(new Span<float>(copy + (i * stride), _panels.Steps));
        }

        return copy;
    }

    // The buffers need no zeros: only elements that have been written are read.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Panel<TLanes, TElements>(float* x, nint strideX, int row, int endRow, int panel)
        where TLanes : struct, ILanes<TLanes>
        where TElements : struct, IPanelElements
    {
        int width = _panels.PanelWidth, steps = _panels.Steps, column = panel * width;
        var columns = Math.Min(width, _panels.Columns - column);
        var packed = _panels.Panel(panel);
        var sums = stackalloc float[(BlockRows + TallestTile) * width];
        var bias = stackalloc float[width];
        for (var i = 0; i < width; i++)
        {
            bias[i] = _bias.Data is not null && i < columns ? _bias.Data[column + i] : 0f;
        }

        // A block is several tiles, so that a call of the activation's code is worth it, and its last tile is not a short one.
        var tiles = typeof(TElements) == typeof(FloatElements) ? null : _panels.Tiles;
        int height = tiles?.Rows ?? TElements.TileRows<TLanes>(), block = BlockRows / height * height;
        for (int rows; row < endRow; row += rows, x += rows * strideX)
        {
            if (_transposedWidth > 0)
            {
                rows = Math.Min(_transposedWidth, endRow - row);
                TileColumn<TLanes>.Tile<TElements>(rows, x, 1, _transposedWidth, packed, steps, sums, width);
            }
            else
            {
                rows = endRow - row < block + height ? endRow - row : block;
                if (tiles is not null)
                {
                    tiles.Multiply(x, strideX, rows, packed, steps, sums);
                }
                else
                {
                    TileColumn<TLanes>.Multiply<TElements>(x, strideX, rows, packed, steps, sums, width);
                }
            }

            var y = _y.Data + ((nint)row * _panels.Columns) + column;
            var scales = _rowScales.Data + (2 * (nint)row);
            for (var part = 0; part < columns; part += 2 * TLanes.Count) // one part, unless the tiles are assembled
            {
                _activation.Run(new Finish<TLanes, TElements>(
                    sums + part, rows, bias + part, scales, _panels, column + part, y + part, columns - part, _adds));
            }
        }
    }

    // Applies scales, bias and activation to a block of sums and stores it in y.
    private readonly struct Finish<TLanes, TElements>(
        float* sums, int rows, float* bias, float* rowScales, PackedMatrix panels, int column, float* y, int columns, bool adds)
        : IActivated
        where TLanes : struct, ILanes<TLanes>
        where TElements : struct, IPanelElements
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<TActivation>()
            where TActivation : struct, IActivation
        {
            TLanes biasLeft = TLanes.Load(bias), biasRight = TLanes.Load(bias + TLanes.Count);
            TLanes scaleLeft = TLanes.Zero, scaleRight = TLanes.Zero, sumLeft = TLanes.Zero, sumRight = TLanes.Zero;
            if (typeof(TElements) == typeof(ByteElements))
            {
                var columnSums = (float*)(panels.Sums + column);
                (scaleLeft, scaleRight) = (TLanes.Load(panels.Scales + column), TLanes.Load(panels.Scales + column + TLanes.Count));
                (sumLeft, sumRight) = (TLanes.Load(columnSums), TLanes.Load(columnSums + TLanes.Count));
            }

            float* from = sums, to = y;
            for (var row = 0; row < rows; row++, from += panels.PanelWidth, to += panels.Columns)
            {
                TLanes left = TLanes.Load(from), right = TLanes.Load(from + TLanes.Count);
                if (typeof(TElements) == typeof(ByteElements))
                {
                    // (sum − zero point · sum of the column) · scale of the row · scale of the column + bias
                    TLanes scale = TLanes.Broadcast(rowScales[2 * row]), zero = TLanes.Broadcast(rowScales[(2 * row) + 1]);
                    left = TLanes.MultiplyAdd(TLanes.SubtractProduct(left, zero, sumLeft), scale * scaleLeft, biasLeft);
                    right = TLanes.MultiplyAdd(TLanes.SubtractProduct(right, zero, sumRight), scale * scaleRight, biasRight);
                }
                else
                {
                    (left, right) = (left + biasLeft, right + biasRight);
                }

                (left, right) = (TActivation.Apply(left), TActivation.Apply(right));
                if (columns >= 2 * TLanes.Count)
                {
                    if (adds)
                    {
                        left += TLanes.Load(to);
                        right += TLanes.Load(to + TLanes.Count);
                    }

                    left.Store(to);
                    right.Store(to + TLanes.Count);
                    continue;
                }

                // The last panel is wider than the rest of y.
                left.Store(from);
                right.Store(from + TLanes.Count);
                for (var i = 0; i < columns; i++)
                {
                    to[i] = adds ? to[i] + from[i] : from[i];
                }
            }
        }
    }
}
