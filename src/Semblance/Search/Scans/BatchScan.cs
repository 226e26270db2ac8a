using System.Numerics;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Scans int8 or uint8 vectors for many queries, in groups: integer products of the bytes with all queries find the rows that could be hits
/// of a group, and only these are scored, with the queries of the group. The hits are the same as those of scoring all rows.
/// </summary>
internal sealed class BatchScan : ICorpusScan
{
    // The width of a matrix product of which every lane is used.
    private const int GroupQueries = 16;

    // Scoring one row takes as long as this many in the fast pass.
    private const int FewestScored = 16;
    private const int Room = FewestScored + ScoreBounds.Rows;

    private readonly VectorMatrix _corpus;
    private readonly Rankings _rankings;
    private readonly (int First, RowScorer Scorer, ByteScoreBounds Bounds)[] _groups;

    /// <param name="run">The computation whose memory lives as long as this object.</param>
    /// <param name="queries">The queries <c>[queries × dimensions]</c>.</param>
    /// <param name="corpus">The vectors.</param>
    /// <param name="options">The search options.</param>
    /// <param name="rankings">The rankings that receive the hits.</param>
    public BatchScan(Computation run, Tensor queries, VectorMatrix corpus, SearchOptions options, Rankings rankings)
    {
        (_corpus, _rankings) = (corpus, rankings);
        _groups = new (int, RowScorer, ByteScoreBounds)[(queries.Rows + GroupQueries - 1) / GroupQueries];
        for (var group = 0; group < _groups.Length; group++)
        {
            var first = group * GroupQueries;
            var own = queries.Slice(first, Math.Min(GroupQueries, queries.Rows - first));
            var scorer = new RowScorer(run, own, corpus, options, rankings, first);
            _groups[group] = (first, scorer, new ByteScoreBounds(scorer.Queries, corpus, options.Similarity, ByteBlock.LargestWeight));
        }
    }

    /// <summary>Returns a value that indicates whether this scan is suitable for vectors of a precision.</summary>
    public static bool Suits(VectorMatrix corpus, SimilarityFunction similarity) =>
        Quantizer.NeedsRanges(corpus.Precision) && similarity != SimilarityFunction.Manhattan;

    public void Scan(Computation part, int first, int count)
    {
        var block = new ByteBlock(_corpus.Dimension);
        var flip = ByteScoreBounds.FlipOf(_corpus.Precision);
        var (found, numbers) = (new int[_groups.Length * Room], new int[_groups.Length]);
        for (var end = first + count; first < end; first += ScoreBounds.Rows)
        {
            var rows = Math.Min(ScoreBounds.Rows, end - first);
            block.Load(_corpus.Stored(first, rows), flip);
            for (var group = 0; group < _groups.Length; group++)
            {
                var (query, scorer, bounds) = _groups[group];
                ref var number = ref numbers[group];
                var candidates = bounds.Candidates(first, rows, _rankings.Bars.Slice(query, scorer.Queries.Rows), block);
                for (; candidates != 0; candidates &= candidates - 1)
                {
                    found[(group * Room) + number++] = first + BitOperations.TrailingZeroCount(candidates);
                }

                if (number >= FewestScored)
                {
                    scorer.Score(part, found.AsSpan(group * Room, number));
                    number = 0;
                }
            }
        }

        for (var group = 0; group < _groups.Length; group++)
        {
            if (numbers[group] > 0)
            {
                _groups[group].Scorer.Score(part, found.AsSpan(group * Room, numbers[group]));
            }
        }
    }
}
