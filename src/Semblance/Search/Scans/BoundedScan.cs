using System.Numerics;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// For a few queries: a fast pass finds the rows that could be hits, and only these are scored. The hits are those of
/// scoring everything.
/// </summary>
internal sealed class BoundedScan : ICorpusScan
{
    // From here on a matrix product with all of them at once is faster.
    private const int MostQueries = 12;

    // One row takes as long to score as so many.
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

    /// <summary>Whether this is the way for so many queries.</summary>
    public static bool Suits(int queries, SimilarityFunction similarity) => queries <= MostQueries && similarity != SimilarityFunction.Manhattan;

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
