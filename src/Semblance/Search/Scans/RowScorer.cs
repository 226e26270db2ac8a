using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Scores rows with all queries. All scores come from here, so that they are the same whichever rows are
/// scored together. The queries are packed, and the corpus is streamed; only data that must be
/// restored or normalized is copied.
/// </summary>
internal sealed class RowScorer : ICorpusScan
{
    private readonly List<Comparand> _comparands = [];
    private readonly VectorMatrix _corpus;
    private readonly SearchOptions _options;
    private readonly Rankings _rankings;
    private readonly int _first;

    /// <param name="run">The computation whose memory lives as long as this object.</param>
    /// <param name="queries">The queries <c>[queries × dimensions]</c>.</param>
    /// <param name="corpus">The vectors.</param>
    /// <param name="options">The search options.</param>
    /// <param name="rankings">The rankings that receive the hits.</param>
    /// <param name="first">The index of the first query in <paramref name="rankings"/>. 0 by default.</param>
    public RowScorer(
        Computation run, Tensor queries, VectorMatrix corpus, SearchOptions options, Rankings rankings, int first = 0)
    {
        (_corpus, _options, _rankings, _first) = (corpus, options, rankings, first);
        Queries = Comparand.Ready(run, queries, options.Similarity);
        for (var query = 0; query < queries.Rows; query += options.BlockQueries)
        {
            _comparands.Add(new Comparand(Queries.Slice(query, Math.Min(options.BlockQueries, queries.Rows - query)), options.Similarity));
        }
    }

    /// <summary>Gets the prepared queries.</summary>
    public Tensor Queries { get; }

    public void Scan(Computation part, int first, int count)
    {
        using var vectors = _corpus.Read(part, first, count);
        Score(part, vectors, first, []);
    }

    /// <summary>Scores some rows, in ascending order.</summary>
    public void Score(Computation part, ReadOnlySpan<int> rows)
    {
        using var vectors = _corpus.Read(part, rows);
        Score(part, vectors, 0, rows);
    }

    private void Score(Computation part, Tensor vectors, int first, ReadOnlySpan<int> rows)
    {
        using var ready = Comparand.Ready(part, vectors, _options.Similarity);
        var query = _first;
        foreach (var comparand in _comparands)
        {
            using var scores = comparand.Scores(part, ready);
            Rank(scores, query, first, rows);
            query += comparand.Count;
        }
    }

    // A row of scores is one corpus vector against all queries, each with its own threshold.
    private void Rank(Tensor scores, int firstQuery, int first, ReadOnlySpan<int> rows)
    {
        var bars = _rankings.Bars.Slice(firstQuery, scores.Columns);
        for (var i = 0; i < scores.Rows; i++)
        {
            var row = rows.IsEmpty ? first + i : rows[i];
            var line = scores.Row(i);
            var isUsable = float.IsFinite(line[0]);
            var q = isUsable ? ScoreScan.Next(line, 0, bars) : 0;
            if (q == line.Length || _options.Filter?.Invoke(row) == false)
            {
                continue;
            }

            for (; q < line.Length; q = ScoreScan.Next(line, q + 1, bars))
            {
                _rankings.Add(firstQuery + q, float.IsFinite(line[q])
                    ? new SearchHit(row, line[q])
                    : throw new ArgumentException(
                        $"Row {row} of the corpus {_corpus} has the score {line[q]}: an element is not a finite number, or is too large; " +
                        "remove the row, or find the cause of the value."));
            }
        }
    }
}
