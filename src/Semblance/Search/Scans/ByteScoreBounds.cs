using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Semblance.Tensors;

namespace Semblance;

/// <summary>Computes bounds for int8 and uint8 with integers: the weights of a query are rounded to 7 bits.</summary>
internal sealed class ByteScoreBounds : ScoreBounds
{
    private readonly VectorMatrix _corpus;
    private readonly float[] _norms;
    private readonly float[] _byteNorms;
    private readonly Line[] _lines;
    private readonly sbyte[] _weights; // [queries × width]
    private readonly int _width;

    /// <param name="queries">The prepared queries.</param>
    /// <param name="corpus">The vectors, of int8 or uint8.</param>
    /// <param name="similarity">The similarity function; not Manhattan.</param>
    public ByteScoreBounds(Tensor queries, VectorMatrix corpus, SimilarityFunction similarity)
        : this(queries, corpus, new ScoreMargins(queries, similarity))
    {
    }

    private ByteScoreBounds(Tensor queries, VectorMatrix corpus, ScoreMargins margins)
        : base(margins)
    {
        (_corpus, _norms, _byteNorms) = (corpus, corpus.Norms, corpus.ByteNorms);
        _lines = new Line[queries.Rows];
        _width = (queries.Columns + ByteProducts.Padding - 1) / ByteProducts.Padding * ByteProducts.Padding;
        _weights = new sbyte[_lines.Length * _width];
        var (stored, factors) = (new StoredElements(corpus), new double[queries.Columns]);
        for (var query = 0; query < _lines.Length; query++)
        {
            var product = stored.Product(queries.Row(query), margins.Slack * (double)margins.QueryNorms[query], factors);
            product = product.With(ByteProducts.Round(factors, Weights(query)), Weights(query), factors);
            _lines[query] = new Line((float)product.Step, (float)product.Loss, (float)(product.Constant + product.Rounding));
        }
    }

    [SkipLocalsInit]
    protected override void Multiply(int first, int rows, Span<float> products, Span<float> squares)
    {
        Span<int> sums = stackalloc int[Rows];
        ref float lengths = ref _norms[first], byteLengths = ref _byteNorms[first];
        for (var query = 0; query < _lines.Length; query++)
        {
            var line = _lines[query];
            ByteProducts.Multiply(
                _corpus.Stored(first, rows), _corpus.Dimension, StoredElements.FlipOf(_corpus.Precision), Weights(query), sums[..rows]);
            for (var i = 0; i < rows; i += Vector512<int>.Count)
            {
                var product = Vector512.ConvertToSingle(Vector512.Create(sums[i..])) * line.Step;
                var length = Vector512.LoadUnsafe(ref byteLengths, (nuint)i);
                (product + (length * line.Slope) + Vector512.Create(line.Constant)).CopyTo(products[((query * Rows) + i)..]);
            }
        }

        for (var i = 0; i < rows; i += Vector512<float>.Count)
        {
            var length = Vector512.LoadUnsafe(ref lengths, (nuint)i);
            (length * length).CopyTo(squares[i..]);
        }
    }

    private Span<sbyte> Weights(int query) => _weights.AsSpan(query * _width, _width);

    /// <summary>
    /// Represents the bound that no row's dot product with a query exceeds: step · Σ weight · byte + slope · the length of the row's bytes
    /// + constant.
    /// </summary>
    private readonly record struct Line(float Step, float Slope, float Constant);
}
