using Semblance.Tensors;

namespace Semblance;

/// <summary>Compares the signs of vectors: the score is a function of the number of bits that differ.</summary>
internal sealed class HammingScan : ICorpusScan
{
    // Few enough rows to stay in the first-level cache while all queries are compared.
    private const int CacheBytes = 16 * 1024;

    private readonly VectorMatrix _corpus;
    private readonly SearchOptions _options;
    private readonly Rankings _rankings;
    private readonly ulong[][] _queries;
    private readonly float[] _scores; // by the number of differing bits, descending

    public HammingScan(Tensor queries, VectorMatrix corpus, SearchOptions options, Rankings rankings)
    {
        (_corpus, _options, _rankings) = (corpus, options, rankings);
        _queries = new ulong[queries.Rows][];
        var stored = new byte[corpus.RowBytes];
        for (var query = 0; query < _queries.Length; query++)
        {
            corpus.Quantizer!.Quantize(queries.Row(query), stored);
            _queries[query] = HammingDistance.Words(stored);
        }

        _scores = new float[(8 * corpus.RowBytes) + 1];
        for (var bits = 0; bits < _scores.Length; bits++)
        {
            _scores[bits] = Score(bits, corpus.Dimension, options.Similarity);
        }
    }

    public void Scan(Computation part, int first, int count)
    {
        var rows = Math.Max(1, CacheBytes / _corpus.RowBytes);
        for (var end = first + count; first < end; first += rows)
        {
            for (var query = 0; query < _queries.Length; query++)
            {
                Scan(first, Math.Min(end, first + rows), query);
            }
        }
    }

    private void Scan(int first, int end, int query)
    {
        var rows = _corpus.Stored(first, end - first);
        var limit = _scores.Length - 1;
        for (var row = 0; ; row++)
        {
            var bar = _rankings.Bars[query];
            while (limit >= 0 && _scores[limit] < bar)
            {
                limit--;
            }

            row = HammingDistance.Next(rows, _corpus.RowBytes, row, _queries[query], limit, out var distance);
            if (row == end - first)
            {
                return;
            }

            if (_options.Filter?.Invoke(first + row) != false)
            {
                _rankings.Add(query, new SearchHit(first + row, _scores[distance]));
            }
        }
    }

    private static float Score(int bits, int dimension, SimilarityFunction similarity) => similarity switch
    {
        SimilarityFunction.Cosine => (float)(1 - (2.0 * bits / dimension)),
        SimilarityFunction.DotProduct => dimension - (2 * bits),
        SimilarityFunction.Euclidean => (float)(0 - (2 * Math.Sqrt(bits))),
        _ => 0 - (2 * bits),
    };
}
