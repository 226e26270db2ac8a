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
        Span<int> found = stackalloc int[ScoreBounds.Rows];
        for (var end = first + count; first < end; first += ScoreBounds.Rows)
        {
            var candidates = _bounds.Candidates(first, Math.Min(ScoreBounds.Rows, end - first), _rankings.Bars);
            if (candidates != 0)
            {
                var number = 0;
                for (; candidates != 0; candidates &= candidates - 1)
                {
                    found[number++] = first + BitOperations.TrailingZeroCount(candidates);
                }

                _scorer.Score(part, found[..number]);
            }
        }
    }
}
