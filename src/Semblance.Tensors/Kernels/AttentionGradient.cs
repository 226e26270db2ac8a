using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// The way back through attention of one head of one sequence per item. The probabilities p are computed again; then
/// dv = pᵀ do, dp = do vᵀ, ds = p · (dp − Σ dp · p) · scale, dq = ds k, dk = dsᵀ q.
/// </summary>
internal readonly unsafe struct AttentionGradient : IKernel
{
    private readonly PackedBatch _batch;
    private readonly float* _query;
    private readonly float* _key;
    private readonly float* _value;
    private readonly float* _gradient;
    private readonly float* _dQuery;
    private readonly float* _dKey;
    private readonly float* _dValue;
    private readonly int _heads;
    private readonly int _hidden;
    private readonly int _headSize;
    private readonly float _scale;
    private readonly DropoutMask _dropout;

    public AttentionGradient(
        Tensor query, Tensor key, Tensor value, PackedBatch batch, int heads, DropoutMask dropout, Tensor gradient, Tensor dQuery, Tensor dKey, Tensor dValue)
    {
        _query = query.Data;
        _key = key.Data;
        _value = value.Data;
        _gradient = gradient.Data;
        _dQuery = dQuery.Data;
        _dKey = dKey.Data;
        _dValue = dValue.Data;
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
        var offset = ((nint)_batch.Offsets[sequence] * _hidden) + (head * _headSize);
        var square = (nint)length * paddedLength;

        var panels = Scratch.Take((2 * (long)square) + ((long)Math.Max(paddedLength, length) * paddedSize) + ((long)length * PanelProduct<TLanes>.Width), out var scratch);
        var probabilities = panels + ((nint)paddedLength * paddedSize); // [length × padded length]
        var slopes = probabilities + square; // dp, then ds
        var edge = slopes + square;

        PanelProduct<TLanes>.PackTransposed(_key + offset, _hidden, length, _headSize, panels);
        PanelProduct<TLanes>.MultiplyPadded(_query + offset, _hidden, length, panels, _headSize, probabilities, paddedLength, length);
        PanelProduct<TLanes>.PackTransposed(_value + offset, _hidden, length, _headSize, panels);
        PanelProduct<TLanes>.MultiplyPadded(_gradient + offset, _hidden, length, panels, _headSize, slopes, paddedLength, length);
        for (var i = 0; i < length; i++)
        {
            float* p = probabilities + ((nint)i * paddedLength), ds = slopes + ((nint)i * paddedLength);
            Softmax<TLanes>.Apply(p, length, _scale);
            var index = AttentionKernel.FirstIndex(_batch.Offsets[sequence] + i, head);
            if (_dropout.IsActive)
            {
                _dropout.Apply(new Span<float>(ds, length), index);
            }

            Scale<TLanes>(p, ds, length);
            if (_dropout.IsActive)
            {
                _dropout.Apply(new Span<float>(p, length), index); // what the values were mixed with
            }
        }

        PanelProduct<TLanes>.Pack(_key + offset, _hidden, _headSize, length, panels);
        PanelProduct<TLanes>.Multiply(slopes, paddedLength, length, panels, length, _dQuery + offset, _hidden, _headSize, edge);
        PanelProduct<TLanes>.Pack(_query + offset, _hidden, _headSize, length, panels);
        PanelProduct<TLanes>.Multiply(slopes, 1, length, panels, length, _dKey + offset, _hidden, _headSize, edge, paddedLength);
        PanelProduct<TLanes>.Pack(_gradient + offset, _hidden, _headSize, length, panels);
        PanelProduct<TLanes>.Multiply(probabilities, 1, length, panels, length, _dValue + offset, _hidden, _headSize, edge, paddedLength);
        GC.KeepAlive(scratch);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scale<TLanes>(float* p, float* slopes, int length)
        where TLanes : struct, ILanes<TLanes>
    {
        var mean = TLanes.Broadcast(DotProduct<TLanes>.Of(p, slopes, length));
        var scale = TLanes.Broadcast(_scale);
        for (var j = 0; j < length; j += TLanes.Count)
        {
            (TLanes.Load(p + j) * (TLanes.Load(slopes + j) - mean) * scale).Store(slopes + j); // rows reach to a whole register
        }
    }
}
