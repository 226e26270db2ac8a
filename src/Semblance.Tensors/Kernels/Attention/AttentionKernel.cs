using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Computes attention, one head of one sequence per item: the keys and values (with a window, the near ones) are packed into panels once;
/// then strips of queries go through scores, softmax and weighted sum.
/// </summary>
internal readonly unsafe struct AttentionKernel : IKernel
{
    private const int StripRows = 84; // a multiple of 6 and 14

    private readonly AttentionMask _mask;
    private readonly Operand _query;
    private readonly Operand _key;
    private readonly Operand _value;
    private readonly Operand _output;
    private readonly int _heads;
    private readonly int _headsPerKey;
    private readonly int _hidden;
    private readonly int _keyHidden;
    private readonly int _headSize;
    private readonly float _scale;
    private readonly DropoutMask _dropout;
    private readonly AttentionBiasRows _bias;

    public AttentionKernel(
        Tensor query, Tensor key, Tensor value, AttentionMask mask, int heads, DropoutMask dropout, AttentionBias? bias, float scale,
        Tensor output)
    {
        _query = query;
        _key = key;
        _value = value;
        _output = output;
        _mask = mask;
        _heads = heads;
        _dropout = dropout;
        _hidden = query.Columns;
        _keyHidden = key.Columns;
        _headsPerKey = query.Columns / key.Columns;
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
        var strip = Math.Min(StripRows, queries);
        // the most keys that one strip sees
        var near = _mask.Window is { } window ? (int)Math.Min(keys, strip + TLanes.Count + (2L * window)) : keys;
        int paddedKeys = PanelProduct<TLanes>.Padded(near), paddedSize = PanelProduct<TLanes>.Padded(_headSize);
        var queryOffset = ((nint)_mask.Queries.Offsets[sequence] * _hidden) + (head * _headSize);
        var keyOffset = ((nint)_mask.Keys.Offsets[sequence] * _keyHidden) + (head / _headsPerKey * _headSize);

        var keyPanels = Scratch.Take(
            ((long)paddedKeys * _headSize) + ((long)near * paddedSize) + ((long)strip * (paddedKeys + PanelProduct<TLanes>.Width)));
        var valuePanels = keyPanels + ((nint)paddedKeys * _headSize);
        var scores = valuePanels + ((nint)near * paddedSize);
        var edge = scores + ((nint)strip * paddedKeys);
        int start = 0, count = 0; // the keys in the panels
        for (var row = 0; row < queries; row += strip)
        {
            var rows = Math.Min(strip, queries - row);
            var place = queryOffset + ((nint)row * _hidden);
            if (row == 0 || _mask.Window is not null)
            {
                // Starts at a whole register, so that a row is summed in the same order in any strip.
                start = _mask.FirstVisible(sequence, row) / TLanes.Count * TLanes.Count;
                count = (_mask.Window is null ? keys : _mask.Visible(sequence, row + rows - 1)) - start;
                PanelProduct<TLanes>.PackTransposed(
                    _key.Data + keyOffset + ((nint)start * _keyHidden), _keyHidden, count, _headSize, keyPanels);
                PanelProduct<TLanes>.Pack(_value.Data + keyOffset + ((nint)start * _keyHidden), _keyHidden, _headSize, count, valuePanels);
            }

            PanelProduct<TLanes>.MultiplyPadded(
                _query.Data + place, _hidden, rows, keyPanels, _headSize, scores, paddedKeys,
                _mask.Visible(sequence, row + rows - 1) - start);
            for (var i = 0; i < rows; i++)
            {
                var weights = scores + ((nint)i * paddedKeys);
                int first = _mask.FirstVisible(sequence, row + i) - start, visible = _mask.Visible(sequence, row + i) - start;
                if (_bias.IsActive)
                {
                    _bias.Apply(weights, sequence, row + i, head, visible, _scale);
                }

                Softmax<TLanes>.Apply(weights, first, visible, _bias.IsActive ? 1 : _scale);
                if (_dropout.IsActive)
                {
                    _dropout.Apply(
                        new Span<float>(weights, visible), FirstIndex(_mask.Queries.Offsets[sequence] + row + i, head) + (ulong)start);
                }

                if (visible < count)
                {
                    new Span<float>(weights + visible, count - visible).Clear();
                }
            }

            PanelProduct<TLanes>.Multiply(scores, paddedKeys, rows, valuePanels, count, _output.Data + place, _hidden, _headSize, edge);
        }
    }

    /// <summary>Returns the dropout index of the first weight of a query and head: room for 2²³ tokens each.</summary>
    public static ulong FirstIndex(int query, int head) => ((ulong)head << 54) | ((ulong)(uint)query << 23);
}
