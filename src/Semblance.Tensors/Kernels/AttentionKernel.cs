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
    private readonly DropoutMask _dropout;

    public AttentionKernel(Tensor query, Tensor key, Tensor value, PackedBatch batch, int heads, DropoutMask dropout, Tensor output)
    {
        _query = query.Data;
        _key = key.Data;
        _value = value.Data;
        _output = output.Data;
        _batch = batch;
        _heads = heads;
        _dropout = dropout;
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
        var length = _batch.Length(sequence);
        int paddedLength = PanelProduct<TLanes>.Padded(length), paddedSize = PanelProduct<TLanes>.Padded(_headSize);
        var strip = Math.Min(StripRows, length);
        var offset = ((nint)_batch.Offsets[sequence] * _hidden) + (head * _headSize);

        var keys = Scratch.Take(
            ((long)paddedLength * _headSize) + ((long)length * paddedSize) + ((long)strip * (paddedLength + PanelProduct<TLanes>.Width)), out var scratch);
        var values = keys + ((nint)paddedLength * _headSize);
        var scores = values + ((nint)length * paddedSize);
        var edge = scores + ((nint)strip * paddedLength);
        PanelProduct<TLanes>.PackTransposed(_key + offset, _hidden, length, _headSize, keys);
        PanelProduct<TLanes>.Pack(_value + offset, _hidden, _headSize, length, values);

        for (var row = 0; row < length; row += strip)
        {
            var rows = Math.Min(strip, length - row);
            var place = offset + ((nint)row * _hidden);
            PanelProduct<TLanes>.MultiplyPadded(_query + place, _hidden, rows, keys, _headSize, scores, paddedLength, length);
            for (var i = 0; i < rows; i++)
            {
                Softmax<TLanes>.Apply(scores + ((nint)i * paddedLength), length, _scale);
                if (_dropout.IsActive)
                {
                    _dropout.Apply(new Span<float>(scores + ((nint)i * paddedLength), length), FirstIndex(_batch.Offsets[sequence] + row + i, head));
                }
            }

            PanelProduct<TLanes>.Multiply(scores, paddedLength, rows, values, length, _output + place, _hidden, _headSize, edge);
        }

        GC.KeepAlive(scratch);
    }

    /// <summary>Where the weights of one token and head begin in the dropout's numbering: room for 2²³ tokens each.</summary>
    public static ulong FirstIndex(int token, int head) => ((ulong)head << 54) | ((ulong)(uint)token << 23);
}
