using System.Numerics;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Scans a corpus for a few queries: a fast pass finds the rows that could be hits, and only these are scored. The hits are the same as
/// those of scoring all rows.
/// </summary>
internal sealed class BoundedScan : ICorpusScan
{
    // From this number of queries on, a matrix product with all of them at once is faster.
    private const int MostQueries = 12;

    // Scoring one row takes as long as this many in the fast pass.
    private const int FewestScored = 16;

    private readonly RowScorer _scorer;
    private readonly ScoreBounds _bounds;
    private readonly Rankings _rankings;

    public BoundedScan(RowScorer scorer, VectorMatrix corpus, SearchOptions options, Rankings rankings)
    {
        (_scorer, _rankings) = (scorer, rankings);
        _bounds = Quantizer.NeedsRanges(corpus.Precision)
            ? new ByteScoreBounds(scorer.Queries, corpus, options.Similarity)
            : new FloatScoreBounds(scorer.Queries, corpus, options.Similarity);
    }

    /// <summary>Returns a value that indicates whether this scan is suitable for the number of queries.</summary>
    public static bool Suits(int queries, SimilarityFunction similarity) =>
        queries <= MostQueries && similarity != SimilarityFunction.Manhattan;

    public void Scan(Computation part, int first, int count)
    {
        Span<int> found = stackalloc int[FewestScored + ScoreBounds.Rows];
        var number = 0;
        for (var end = first + count; first < end; first += ScoreBounds.Rows)
        {
            var candidates = _bounds.Candidates(first, Math.Min(ScoreBounds.Rows, end - first), _rankings.Bars);
            for (; candidates != 0; candidates &= candidates - 1)
            {
                found[number++] = first + BitOperations.TrailingZeroCount(candidates);
            }

            if (number >= FewestScored)
            {
                _scorer.Score(part, found[..number]);
                number = 0;
            }
        }

        if (number > 0)
        {
            _scorer.Score(part, found[..number]);
        }
    }
}
