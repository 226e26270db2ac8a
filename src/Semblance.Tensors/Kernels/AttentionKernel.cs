using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Attention of one head of one sequence per item: the keys and values are packed into panels once, then a strip of
/// queries at a time goes through scores, softmax and weighted sum.
/// </summary>
internal readonly unsafe struct AttentionKernel : IKernel
{
    private const int StripRows = 84; // a multiple of 6 and 14

    private readonly PackedBatch _batch;
    private readonly float* _query;
    private readonly float* _key;
    private readonly float* _value;
    private readonly float* _output;
    private readonly int _heads;
    private readonly int _hidden;
    private readonly int _headSize;
    private readonly float _scale;

    public AttentionKernel(Tensor query, Tensor key, Tensor value, PackedBatch batch, int heads, Tensor output)
    {
        _query = query.Data;
        _key = key.Data;
        _value = value.Data;
        _output = output.Data;
        _batch = batch;
        _heads = heads;
        _hidden = query.Columns;
        _headSize = query.Columns / heads;
        _scale = 1f / MathF.Sqrt(_headSize);
    }

    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var item = first; item < end; item++)
        {
            Head<TLanes>(item / _heads, item % _heads);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Head<TLanes>(int sequence, int head)
        where TLanes : struct, ILanes<TLanes>
    {
        int width = 2 * TLanes.Count, length = _batch.Length(sequence);
        int keyPanels = (length + width - 1) / width, valuePanels = (_headSize + width - 1) / width;
        var paddedLength = keyPanels * width;
        var strip = Math.Min(StripRows, length);
        var offset = ((nint)_batch.Offsets[sequence] * _hidden) + (head * _headSize);

        var keys = Scratch.Take(
            ((long)paddedLength * _headSize) + ((long)valuePanels * width * length) + ((long)strip * (paddedLength + (valuePanels * width))),
            out var scratch);
        var values = keys + ((nint)paddedLength * _headSize);
        var scores = values + ((nint)valuePanels * width * length);
        var result = scores + ((nint)strip * paddedLength);

        for (var panel = 0; panel < keyPanels; panel++)
        {
            PackedMatrix.PackTransposed(
                _key + offset + ((nint)panel * width * _hidden), _hidden, Math.Min(width, length - (panel * width)), _headSize, keys + ((nint)panel * width * _headSize), width);
        }

        for (var panel = 0; panel < valuePanels; panel++)
        {
            PackValues(_value + offset + (panel * width), length, Math.Min(width, _headSize - (panel * width)), values + ((nint)panel * width * length), width);
        }

        for (var row = 0; row < length; row += strip)
        {
            var rows = Math.Min(strip, length - row);
            var query = _query + offset + ((nint)row * _hidden);
            for (var panel = 0; panel < keyPanels; panel++)
            {
                TileColumn<TLanes>.Multiply(query, _hidden, rows, keys + ((nint)panel * width * _headSize), _headSize, scores + (panel * width), paddedLength);
            }

            for (var i = 0; i < rows; i++)
            {
                Softmax<TLanes>.Apply(scores + ((nint)i * paddedLength), length, _scale);
            }

            var output = _output + offset + ((nint)row * _hidden);
            for (var panel = 0; panel < valuePanels; panel++)
            {
                var columns = Math.Min(width, _headSize - (panel * width));
                var packed = values + ((nint)panel * width * length);
                if (columns == width)
                {
                    TileColumn<TLanes>.Multiply(scores, paddedLength, rows, packed, length, output + (panel * width), _hidden);
                    continue;
                }

                TileColumn<TLanes>.Multiply(scores, paddedLength, rows, packed, length, result, width);
                for (var i = 0; i < rows; i++)
                {
                    new ReadOnlySpan<float>(result + ((nint)i * width), columns).CopyTo(new Span<float>(output + ((nint)i * _hidden) + (panel * width), columns));
                }
            }
        }

        GC.KeepAlive(scratch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackValues(float* source, int length, int columns, float* panel, int width)
    {
        for (var k = 0; k < length; k++, source += _hidden, panel += width)
        {
            var row = new Span<float>(panel, width);
            new ReadOnlySpan<float>(source, columns).CopyTo(row);
            row[columns..].Clear();
        }
    }
}
