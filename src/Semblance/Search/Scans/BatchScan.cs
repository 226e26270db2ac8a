using System.Runtime.InteropServices;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Scans int8 or uint8 vectors for many queries, in groups: products of integers find the pairs of a row and a query that could be hits,
/// and raise the thresholds. <see cref="Complete"/> scores the pairs that reach the threshold in the end. The hits are the same as those of
/// scoring all rows.
/// </summary>
internal sealed class BatchScan : ICorpusScan
{
    // The width of a matrix product of which every lane is used.
    private const int GroupQueries = 16;

    // As many pairs of a group are not kept until the end, so that memory does not grow with the corpus.
    private const int MostCandidates = 256 * GroupQueries;

    private readonly VectorMatrix _corpus;
    private readonly Rankings _rankings;
    private readonly Group[] _groups;

    /// <param name="run">The computation whose memory lives as long as this object.</param>
    /// <param name="queries">The queries <c>[queries × dimensions]</c>.</param>
    /// <param name="corpus">The vectors.</param>
    /// <param name="options">The search options.</param>
    /// <param name="rankings">The rankings that receive the hits.</param>
    public BatchScan(Computation run, Tensor queries, VectorMatrix corpus, SearchOptions options, Rankings rankings)
    {
        (_corpus, _rankings) = (corpus, rankings);
        _groups = new Group[(queries.Rows + GroupQueries - 1) / GroupQueries];
        var stored = new StoredElements(corpus);
        for (var group = 0; group < _groups.Length; group++)
        {
            var first = group * GroupQueries;
            var own = queries.Slice(first, Math.Min(GroupQueries, queries.Rows - first));
            var scorer = new RowScorer(run, own, corpus, options, rankings, first);
            _groups[group] = new Group(scorer, new BatchBounds(scorer.Queries, corpus, stored, options, rankings, first), []);
        }
    }

    /// <summary>Returns a value that indicates whether this scan is suitable for vectors of a precision.</summary>
    public static bool Suits(VectorMatrix corpus, SimilarityFunction similarity) =>
        Quantizer.NeedsRanges(corpus.Precision) && similarity != SimilarityFunction.Manhattan;

    public void Scan(Computation part, int first, int count)
    {
        var block = new ByteBlock(_corpus.Dimension);
        var sums = new int[GroupQueries * ByteBlock.Rows];
        var lengths = LengthRange.Of(_corpus, first, count);
        var parts = Array.ConvertAll(_groups, group => new BatchPart(lengths, group.Scorer.Queries.Rows));
        for (var end = first + count; first < end; first += ByteBlock.Rows)
        {
            var rows = Math.Min(ByteBlock.Rows, end - first);
            block.Load(_corpus.Stored(first, rows), StoredElements.FlipOf(_corpus.Precision));
            for (var group = 0; group < _groups.Length; group++)
            {
                _groups[group].Bounds.Find(block, first, rows, sums, parts[group]);
                if (parts[group].Candidates.Count >= MostCandidates)
                {
                    Keep(part, _groups[group], parts[group].Candidates);
                }
            }
        }

        for (var group = 0; group < _groups.Length; group++)
        {
            Keep(part, _groups[group], parts[group].Candidates);
        }
    }

    /// <summary>Scores what was found, after all rows were scanned.</summary>
    public void Complete(int maxThreads, CancellationToken cancellationToken) => Workers.Shared.For(
        _groups.Length,
        maxThreads,
        group =>
        {
            using var part = new Computation(1, cancellationToken: cancellationToken);
            Score(part, _groups[group], _groups[group].Candidates);
        },
        cancellationToken);

    // Moves the pairs that still reach the threshold to those of the group, or scores them if there are too many.
    private void Keep(Computation part, Group group, List<SearchCandidate> candidates)
    {
        candidates.RemoveAll(candidate => candidate.Most < _rankings.Bars[candidate.Query]);
        lock (group.Candidates)
        {
            if (group.Candidates.Count + candidates.Count <= MostCandidates)
            {
                group.Candidates.AddRange(candidates);
                candidates.Clear();
            }
        }

        Score(part, group, candidates);
    }

    // Scores the rows of the pairs that reach the threshold, with all queries of the group.
    private void Score(Computation part, Group group, List<SearchCandidate> candidates)
    {
        var found = new List<int>();
        foreach (var (row, query, most) in candidates)
        {
            if (!(most < _rankings.Bars[query]))
            {
                found.Add(row);
            }
        }

        candidates.Clear();
        found.Sort();
        var rows = CollectionsMarshal.AsSpan(found);
        var number = 0;
        foreach (var row in rows)
        {
            if (number == 0 || rows[number - 1] != row)
            {
                rows[number++] = row;
            }
        }

        for (var start = 0; start < number; start += ByteBlock.Rows)
        {
            group.Scorer.Score(part, rows[start..Math.Min(number, start + ByteBlock.Rows)]);
        }
    }

    private sealed record Group(RowScorer Scorer, BatchBounds Bounds, List<SearchCandidate> Candidates);
}
