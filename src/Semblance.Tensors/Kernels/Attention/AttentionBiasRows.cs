using System.Numerics.Tensors;

namespace Semblance.Tensors.Kernels;

/// <summary>Applies an <see cref="AttentionBias"/> to the scores of one query, and computes its gradients.</summary>
internal readonly unsafe struct AttentionBiasRows
{
    private readonly AttentionMask _mask;
    private readonly int[] _columns;
    private readonly int _origin;
    private readonly int _heads;
    private readonly Operand _distances;
    private readonly Operand _ofQueries;
    private readonly Operand _ofKeys;
    private readonly int _queryStride;
    private readonly int _keyStride;

    /// <summary>Initializes a view of a bias, or of its gradients.</summary>
    /// <param name="bias">The bias; <see langword="null"/> for none.</param>
    /// <param name="mask">The offsets of each sequence.</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="distances"><c>[heads × distances]</c>, or for gradients <c>[sequences × heads × distances]</c>.</param>
    /// <param name="ofQueries">A tensor in the shape of the bias's.</param>
    /// <param name="ofKeys">A tensor in the shape of the bias's.</param>
    public AttentionBiasRows(AttentionBias? bias, AttentionMask mask, int heads, Tensor? distances, Tensor? ofQueries, Tensor? ofKeys)
    {
        _mask = mask;
        _heads = heads;
        _columns = bias?.ColumnArray ?? [];
        _origin = bias?.Origin ?? 0;
        IsActive = bias is not null;
        _distances = distances;
        _ofQueries = ofQueries;
        _ofKeys = ofKeys;
        _queryStride = ofQueries?.Columns ?? 0;
        _keyStride = ofKeys?.Columns ?? 0;
    }

    public bool IsActive { get; }

    /// <summary>Scales the scores of one query and adds the bias.</summary>
    public void Apply(float* scores, int sequence, int query, int head, int keys, float scale)
    {
        var first = First(sequence, query);
        var row = new Span<float>(scores, keys);
        if (_distances.Data is not null)
        {
            TensorPrimitives.MultiplyAdd(
                row, scale, new ReadOnlySpan<float>(_distances.Data + ((nint)head * _columns.Length) + first, keys), row);
            return;
        }

        float* ofQuery = OfQuery(sequence, query, head), ofKeys = OfKeys(sequence, head);
        var columns = _columns.AsSpan(first, keys);
        for (var j = 0; j < keys; j++)
        {
            var sum = row[j];
            sum += ofQuery is null ? 0 : ofQuery[columns[j]];
            sum += ofKeys is null ? 0 : ofKeys[((nint)j * _keyStride) + columns[j]];
            row[j] = sum * scale;
        }
    }

    /// <summary>Adds the derivatives by the unscaled scores of one query to the gradients of the bias.</summary>
    public void Backward(float* dScores, int sequence, int query, int head, int keys, float scale)
    {
        var first = First(sequence, query);
        if (_distances.Data is not null)
        {
            var sums = new Span<float>(_distances.Data + ((((nint)sequence * _heads) + head) * _columns.Length) + first, keys);
            TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(dScores, keys), 1 / scale, sums, sums);
        }

        float* ofQuery = OfQuery(sequence, query, head), ofKeys = OfKeys(sequence, head);
        var columns = _columns.AsSpan(first, keys);
        for (var j = 0; j < keys && ofQuery is not null; j++)
        {
            ofQuery[columns[j]] += dScores[j];
        }

        for (var j = 0; j < keys && ofKeys is not null; j++)
        {
            ofKeys[((nint)j * _keyStride) + columns[j]] += dScores[j];
        }
    }

    // The distance of the sequence's first key.
    private int First(int sequence, int query) => _origin - (_mask.Keys.Length(sequence) - _mask.Queries.Length(sequence) + query);

    private float* OfQuery(int sequence, int query, int head) => _ofQueries.Data is null
        ? null
        : _ofQueries.Data + ((nint)(_mask.Queries.Offsets[sequence] + query) * _queryStride) + (head * (_queryStride / _heads));

    private float* OfKeys(int sequence, int head) => _ofKeys.Data is null
        ? null
        : _ofKeys.Data + ((nint)_mask.Keys.Offsets[sequence] * _keyStride) + (head * (_keyStride / _heads));
}
