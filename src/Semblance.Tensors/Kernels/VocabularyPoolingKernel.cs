using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Computes the logits of part of the vocabulary, pooled over the tokens of each sequence. An item is one panel of one chunk of whole
/// sequences: blocks of rows are multiplied into the first-level cache and added from there to the row of their sequence.
/// </summary>
internal readonly unsafe struct VocabularyPoolingKernel : IKernel
{
    private const int BlockRows = 84; // a multiple of 6 and 14
    private const int ChunkFloats = 128 * 1024; // of x: they stay in the second-level cache while the panels pass

    private readonly PackedMatrix _panels;
    private readonly PackedBatch _batch;
    private readonly int[] _chunks; // the first sequence of each chunk, then the number of sequences
    private readonly Operand _x;
    private readonly Operand _bias;
    private readonly Operand _y;
    private readonly VocabularyPooling _pooling;
    private readonly int _saturations;

    public VocabularyPoolingKernel(
        Tensor x, PackedMatrix panels, Tensor? bias, PackedBatch batch, VocabularyPooling pooling, int saturations, Tensor y)
    {
        (_panels, _batch, _pooling, _saturations) = (panels, batch, pooling, saturations);
        _x = x;
        _y = y;
        _bias = bias;
        _chunks = Chunks(batch, ChunkFloats / Math.Max(1, panels.Depth));
    }

    public int Items => (_chunks.Length - 1) * _panels.PanelCount;

    public void Run<TLanes>(int first, int end)
        where TLanes : struct, ILanes<TLanes>
    {
        for (var item = first; item < end; item++)
        {
            var chunk = item / _panels.PanelCount;
            Panel<TLanes>(_chunks[chunk], _chunks[chunk + 1], item % _panels.PanelCount);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Panel<TLanes>(int sequence, int endSequence, int panel)
        where TLanes : struct, ILanes<TLanes>
    {
        int width = _panels.PanelWidth, column = panel * width, columns = Math.Min(width, _panels.Columns - column);
        var block = stackalloc float[BlockRows * 2 * TLanes.Count];
        var pooled = new Span<float>(_y.Data + ((nint)sequence * _panels.Columns) + column, columns);
        pooled.Clear();
        int endRow = _batch.Offsets[endSequence], endOfSequence = _batch.Offsets[sequence + 1];
        for (int row = _batch.Offsets[sequence], rows; row < endRow; row += rows)
        {
            rows = Math.Min(BlockRows, endRow - row);
            TileColumn<TLanes>.Multiply(
                _x.Data + ((nint)row * _panels.Depth), _panels.Depth, rows, _panels.Panel(panel), _panels.Depth, block, width);
            for (var i = 0; i < rows; i++)
            {
                if (row + i == endOfSequence)
                {
                    Finish(pooled);
                    sequence++;
                    endOfSequence = _batch.Offsets[sequence + 1];
                    pooled = new Span<float>(_y.Data + ((nint)sequence * _panels.Columns) + column, columns);
                    pooled.Clear();
                }

                Add(new Span<float>(block + ((nint)i * width), columns), column, pooled);
            }
        }

        Finish(pooled);
    }

    // The saturation is increasing, so the largest weight is that of the largest logit; pooling starts at 0, the saturation's lower bound.
    private void Add(Span<float> logits, int column, Span<float> pooled)
    {
        if (_bias.Data is not null)
        {
            TensorPrimitives.Add(logits, new ReadOnlySpan<float>(_bias.Data + column, logits.Length), logits);
        }

        if (_pooling == VocabularyPooling.Max)
        {
            TensorPrimitives.Max(pooled, logits, pooled);
        }
        else
        {
            TensorPrimitives.Max(logits, 0f, logits);
            Saturate(logits);
            TensorPrimitives.Add(pooled, logits, pooled);
        }
    }

    private void Finish(Span<float> pooled)
    {
        if (_pooling == VocabularyPooling.Max)
        {
            Saturate(pooled);
        }
    }

    private void Saturate(Span<float> x)
    {
        for (var i = 0; i < _saturations; i++)
        {
            TensorPrimitives.LogP1(x, x);
        }
    }

    // Whole sequences, so that no two items write to the same row.
    private static int[] Chunks(PackedBatch batch, int rows)
    {
        var chunks = new List<int> { 0 };
        for (var i = 1; i < batch.Count; i++)
        {
            if (batch.Offsets[i + 1] - batch.Offsets[chunks[^1]] > rows)
            {
                chunks.Add(i);
            }
        }

        return batch.Count == 0 ? [0] : [.. chunks, batch.Count];
    }
}
