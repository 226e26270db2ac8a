using Semblance.Tensors;

namespace Semblance.Checkpoints;

/// <summary>
/// Represents the parameter of a model that a constant of a graph holds, perhaps transposed, joined with others or quantized.
/// </summary>
/// <param name="Constant">The constant.</param>
/// <param name="FirstColumn">The first column of the parameter, if others are beside it.</param>
/// <param name="Columns">The number of columns of the parameter; <see langword="null"/> for all of the constant.</param>
/// <param name="IsTransposed"><see langword="true"/> if the constant is the second factor of a product, <c>[inputs × outputs]</c>.</param>
/// <param name="Scale">The scale of whole numbers, one or one for each column; <see langword="null"/> for floating-point numbers.</param>
/// <param name="ZeroPoint">The number that stands for 0, one or one for each column; <see langword="null"/> for 0.</param>
internal sealed record OnnxWeight(
    OnnxTensor Constant, int FirstColumn = 0, int? Columns = null, bool IsTransposed = false, OnnxTensor? Scale = null,
    OnnxTensor? ZeroPoint = null)
{
    private const int Tile = 32;

    /// <summary>Gets the shape of the parameter.</summary>
    public IReadOnlyList<int> Shape => (Constant.Info.Shape, Columns) switch
    {
        ([var inputs, var outputs], _) when IsTransposed => [Columns ?? outputs, inputs],
        (var shape, { } columns) => [.. shape.SkipLast(1), columns],
        var (shape, _) => shape,
    };

    /// <summary>Gets the type in which the parameter loses nothing.</summary>
    public DType Type => Scale is null && Constant.Info.DType is DType.F16 or DType.BF16 ? Constant.Info.DType : DType.F32;

    /// <summary>Reads the parameter.</summary>
    public Tensor Read()
    {
        var values = Scale is null ? Constant.Read() : Dequantize();
        if (!IsTransposed && Columns is null)
        {
            return values;
        }

        using (values)
        {
            var shape = Constant.Info.Shape;
            int width = shape.Count == 0 ? 1 : shape[^1], rows = values.Length / Math.Max(1, width), columns = Columns ?? width;
            var read = Tensor.Zeros([.. Shape]);
            Copy(values.Values, read.Writable, rows, width, FirstColumn, columns, IsTransposed);
            GC.KeepAlive(values);
            return read;
        }
    }

    /// <summary>Returns the transpose of a matrix.</summary>
    public static Tensor Transpose(Tensor matrix)
    {
        var transposed = Tensor.Zeros(matrix.Columns, matrix.Rows);
        Copy(matrix.Values, transposed.Writable, matrix.Rows, matrix.Columns, 0, matrix.Columns, isTransposed: true);
        GC.KeepAlive(matrix);
        return transposed;
    }

    // In tiles, so that both sides stay in the cache.
    private static void Copy(
        ReadOnlySpan<float> from, Span<float> to, int rows, int width, int firstColumn, int columns, bool isTransposed)
    {
        for (var top = 0; top < rows; top += Tile)
        {
            for (var left = 0; left < columns; left += Tile)
            {
                for (var row = top; row < Math.Min(rows, top + Tile); row++)
                {
                    for (var column = left; column < Math.Min(columns, left + Tile); column++)
                    {
                        to[isTransposed ? (column * rows) + row : (row * columns) + column] = from[(row * width) + firstColumn + column];
                    }
                }
            }
        }
    }

    private Tensor Dequantize()
    {
        var codes = Constant.Read();
        var values = Tensor.From(codes);
        codes.Dispose();
        var zeros = ZeroPoint?.ReadInt64() ?? [0];
        var scales = Scale!.Read().Values.ToArray();
        var width = Constant.Info.Shape is [.., var last] ? last : 1;
        var writable = values.Writable;
        for (var i = 0; i < writable.Length; i++)
        {
            ref var value = ref writable[i];
            value = (value - zeros[zeros.Count == 1 ? 0 : i % width]) * scales[scales.Length == 1 ? 0 : i % width];
        }

        return values;
    }
}
