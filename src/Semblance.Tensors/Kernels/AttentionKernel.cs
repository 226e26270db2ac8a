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

    private readonly AttentionMask _mask;
    private readonly float* _query;
    private readonly float* _key;
    private readonly float* _value;
    private readonly float* _output;
    private readonly int _heads;
    private readonly int _hidden;
    private readonly int _headSize;
    private readonly float _scale;
    private readonly DropoutMask _dropout;
    private readonly AttentionBiasRows _bias;

    public AttentionKernel(
        Tensor query, Tensor key, Tensor value, AttentionMask mask, int heads, DropoutMask dropout, AttentionBias? bias, float scale, Tensor output)
    {
        _query = query.Data;
        _key = key.Data;
        _value = value.Data;
        _output = output.Data;
        _mask = mask;
        _heads = heads;
        _dropout = dropout;
        _hidden = query.Columns;
        _headSize = query.Columns / heads;
        _scale = scale;
        _bias = new AttentionBiasRows(bias, mask, heads, bias?.Distances, bias?.OfQueries, bias?.OfKeys);
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
        int queries = _mask.Queries.Length(sequence), keys = _mask.Keys.Length(sequence);
        int paddedKeys = PanelProduct<TLanes>.Padded(keys), paddedSize = PanelProduct<TLanes>.Padded(_headSize);
        var strip = Math.Min(StripRows, queries);
        var queryOffset = ((nint)_mask.Queries.Offsets[sequence] * _hidden) + (head * _headSize);
        var keyOffset = ((nint)_mask.Keys.Offsets[sequence] * _hidden) + (head * _headSize);

        var keyPanels = Scratch.Take(
            ((long)paddedKeys * _headSize) + ((long)keys * paddedSize) + ((long)strip * (paddedKeys + PanelProduct<TLanes>.Width)), out var scratch);
        var valuePanels = keyPanels + ((nint)paddedKeys * _headSize);
        var scores = valuePanels + ((nint)keys * paddedSize);
        var edge = scores + ((nint)strip * paddedKeys);
        PanelProduct<TLanes>.PackTransposed(_key + keyOffset, _hidden, keys, _headSize, keyPanels);
        PanelProduct<TLanes>.Pack(_value + keyOffset, _hidden, _headSize, keys, valuePanels);

        for (var row = 0; row < queries; row += strip)
        {
            var rows = Math.Min(strip, queries - row);
            var place = queryOffset + ((nint)row * _hidden);
            PanelProduct<TLanes>.MultiplyPadded(
                _query + place, _hidden, rows, keyPanels, _headSize, scores, paddedKeys, _mask.Visible(sequence, row + rows - 1));
            for (var i = 0; i < rows; i++)
            {
                var weights = scores + ((nint)i * paddedKeys);
                var visible = _mask.Visible(sequence, row + i);
                if (_bias.IsActive)
                {
                    _bias.Apply(weights, sequence, row + i, head, visible, _scale);
                }

                Softmax<TLanes>.Apply(weights, visible, _bias.IsActive ? 1 : _scale);
                if (_dropout.IsActive)
                {
                    _dropout.Apply(new Span<float>(weights, visible), FirstIndex(_mask.Queries.Offsets[sequence] + row + i, head));
                }

                new Span<float>(weights + visible, keys - visible).Clear();
            }

            PanelProduct<TLanes>.Multiply(scores, paddedKeys, rows, valuePanels, keys, _output + place, _hidden, _headSize, edge);
        }

        GC.KeepAlive(scratch);
    }

    /// <summary>Where the weights of one query and head begin in the dropout's numbering: room for 2²³ tokens each.</summary>
    public static ulong FirstIndex(int query, int head) => ((ulong)head << 54) | ((ulong)(uint)query << 23);
}
