using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Computes the backward pass of attention, one head of one sequence per item. The probabilities p are computed again; then dv = pᵀ do, dp
/// = do vᵀ, ds = p · (dp − Σ dp · p) · scale, dq = ds k, dk = dsᵀ q. The matrices of queries × keys are stored in full: memory grows with
/// the square of a sequence.
/// </summary>
internal readonly unsafe struct AttentionGradient : IKernel
{
    private readonly AttentionMask _mask;
    private readonly Operand _query;
    private readonly Operand _key;
    private readonly Operand _value;
    private readonly Operand _gradient;
    private readonly Operand _dQuery;
    private readonly Operand _dKey;
    private readonly Operand _dValue;
    private readonly int _heads;
    private readonly int _headsPerKey;
    private readonly int _hidden;
    private readonly int _keyHidden;
    private readonly int _headSize;
    private readonly float _scale;
    private readonly DropoutMask _dropout;
    private readonly AttentionBiasRows _bias;
    private readonly AttentionBiasRows _dBias;

    public AttentionGradient(
        Tensor query, Tensor key, Tensor value, AttentionMask mask, int heads, DropoutMask dropout, AttentionBiasRows bias,
        AttentionBiasRows dBias, float scale,
        Tensor gradient, Tensor dQuery, Tensor dKey, Tensor dValue)
    {
        _query = query;
        _key = key;
        _value = value;
        _gradient = gradient;
        _dQuery = dQuery;
        _dKey = dKey;
        _dValue = dValue;
        _mask = mask;
        _heads = heads;
        _dropout = dropout;
        _hidden = query.Columns;
        _keyHidden = key.Columns;
        _headsPerKey = query.Columns / key.Columns;
        _headSize = query.Columns / heads;
        _scale = scale;
        _bias = bias;
        _dBias = dBias;
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
        var queryOffset = ((nint)_mask.Queries.Offsets[sequence] * _hidden) + (head * _headSize);
        var keyOffset = ((nint)_mask.Keys.Offsets[sequence] * _keyHidden) + (head / _headsPerKey * _headSize);
        // heads that share keys have gradients of their own
        var dKeyOffset = ((nint)_mask.Keys.Offsets[sequence] * _hidden) + (head * _headSize);
        nint square = (nint)queries * paddedKeys, panel = (nint)Math.Max(paddedKeys, queries) * paddedSize;

        var panels = Scratch.Take((long)panel + (2 * square) + ((long)Math.Max(queries, keys) * PanelProduct<TLanes>.Width));
        var probabilities = panels + panel; // [queries × padded keys]
        var dScores = probabilities + square; // dp, then ds
        var edge = dScores + square;

        PanelProduct<TLanes>.PackTransposed(_key.Data + keyOffset, _keyHidden, keys, _headSize, panels);
        PanelProduct<TLanes>.MultiplyPadded(
            _query.Data + queryOffset, _hidden, queries, panels, _headSize, probabilities, paddedKeys, keys);
        PanelProduct<TLanes>.PackTransposed(_value.Data + keyOffset, _keyHidden, keys, _headSize, panels);
        PanelProduct<TLanes>.MultiplyPadded(_gradient.Data + queryOffset, _hidden, queries, panels, _headSize, dScores, paddedKeys, keys);
        for (var i = 0; i < queries; i++)
        {
            float* p = probabilities + ((nint)i * paddedKeys), ds = dScores + ((nint)i * paddedKeys);
            var visible = _mask.Visible(sequence, i);
            if (_bias.IsActive)
            {
                _bias.Apply(p, sequence, i, head, visible, _scale);
            }

            Softmax<TLanes>.Apply(p, _mask.FirstVisible(sequence, i), visible, _bias.IsActive ? 1 : _scale);
            var index = AttentionKernel.FirstIndex(_mask.Queries.Offsets[sequence] + i, head);
            if (_dropout.IsActive)
            {
                _dropout.Apply(new Span<float>(ds, visible), index);
            }

            Scale<TLanes>(p, ds, visible);
            if (_dBias.IsActive)
            {
                _dBias.Backward(ds, sequence, i, head, visible, _scale);
            }

            if (_dropout.IsActive)
            {
                _dropout.Apply(new Span<float>(p, visible), index); // the weights that were applied to the values
            }

            new Span<float>(p + visible, keys - visible).Clear();
            new Span<float>(ds + visible, keys - visible).Clear();
        }

        PanelProduct<TLanes>.Pack(_key.Data + keyOffset, _keyHidden, _headSize, keys, panels);
        PanelProduct<TLanes>.Multiply(dScores, paddedKeys, queries, panels, keys, _dQuery.Data + queryOffset, _hidden, _headSize, edge);
        PanelProduct<TLanes>.Pack(_query.Data + queryOffset, _hidden, _headSize, queries, panels);
        PanelProduct<TLanes>.Multiply(dScores, 1, keys, panels, queries, _dKey.Data + dKeyOffset, _hidden, _headSize, edge, paddedKeys);
        PanelProduct<TLanes>.Pack(_gradient.Data + queryOffset, _hidden, _headSize, queries, panels);
        PanelProduct<TLanes>.Multiply(
            probabilities, 1, keys, panels, queries, _dValue.Data + dKeyOffset, _hidden, _headSize, edge, paddedKeys);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scale<TLanes>(float* p, float* dScores, int length)
        where TLanes : struct, ILanes<TLanes>
    {
        var mean = TLanes.Broadcast(DotProduct<TLanes>.Of(p, dScores, length));
        var scale = TLanes.Broadcast(_scale);
        for (var j = 0; j < length; j += TLanes.Count)
        {
            (TLanes.Load(p + j) * (TLanes.Load(dScores + j) - mean) * scale).Store(dScores + j); // rows are padded to a whole register
        }
    }
}
