using Semblance.Tensors;

namespace Semblance;

/// <summary>Exact search: the nearest corpus vectors of each query, by comparing all of them.</summary>
public static class SemanticSearch
{
    private const int SmallestBlock = 56;

    /// <summary>Finds the most similar rows of a corpus.</summary>
    /// <remarks>
    /// The corpus is read once, in blocks, so memory grows with queries × <see cref="SearchOptions.TopK"/> only. A
    /// query's hits and their scores do not depend on the other queries or on the number of threads. For the cosine
    /// every vector is normalised on the way; where they have length one already, the dot product gives the same
    /// ranking sooner.
    /// </remarks>
    /// <param name="queries"><c>[queries × dimensions]</c>.</param>
    /// <param name="corpus"><c>[rows × dimensions]</c>.</param>
    /// <param name="options">How to search; the ten best by cosine without.</param>
    /// <param name="progress">Hears the part of the corpus that is done, from 0 to 1, from the threads that search.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <returns>
    /// For each query its hits, the best first and the lower row first among equals. A score that is not a number is
    /// never a hit.
    /// </returns>
    /// <exception cref="ArgumentException">Queries and corpus differ in dimensions, or an option is out of range.</exception>
    public static SearchHit[][] Search(
        Tensor queries,
        Tensor corpus,
        SearchOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(corpus);
        TensorRows.CheckWidth(queries, corpus, nameof(corpus));
        options ??= new SearchOptions();
        options.Check();
        var rankings = new Rankings(queries.Rows, options.TopK, float.NegativeInfinity);
        if (queries.Rows > 0 && corpus.Rows > 0)
        {
            Compare(queries, corpus, options, rankings, new ProgressCounter(progress, corpus.Rows), cancellation);
        }

        var hits = new SearchHit[queries.Rows][];
        for (var query = 0; query < hits.Length; query++)
        {
            hits[query] = rankings[query].ToArray();
        }

        return hits;
    }

    // The queries are packed, and the corpus streams past them: nothing of it is copied but what the cosine normalises.
    private static void Compare(
        Tensor queries, Tensor corpus, SearchOptions options, Rankings rankings, ProgressCounter progress, CancellationToken cancellation)
    {
        using var run = new Computation(options.MaxThreads, cancellation: cancellation);
        var ready = Comparand.Ready(run, queries.AsMatrix(), options.Similarity);
        var comparands = new List<Comparand>();
        for (var first = 0; first < queries.Rows; first += options.BlockQueries)
        {
            comparands.Add(new Comparand(ready.Slice(first, Math.Min(options.BlockQueries, queries.Rows - first)), options.Similarity));
        }

        var threads = Math.Min(options.MaxThreads, Workers.Shared.Count);
        var rows = Math.Min(options.BlockRows, Math.Max(SmallestBlock, corpus.Rows / (4 * threads)));
        Workers.Shared.For(
            (int)(((long)corpus.Rows + rows - 1) / rows),
            threads,
            block =>
            {
                var first = block * rows;
                var count = Math.Min(rows, corpus.Rows - first);
                using var part = new Computation(1, cancellation: cancellation);
                var vectors = Comparand.Ready(part, corpus.Slice(first, count), options.Similarity);
                var query = 0;
                foreach (var comparand in comparands)
                {
                    using var scores = comparand.Scores(part, vectors);
                    Rank(scores, query, first, rankings);
                    query += comparand.Count;
                }

                progress.Add(count);
            },
            cancellation);
        GC.KeepAlive(queries);
    }

    // A row of scores is one corpus vector against all queries, each with its own bar.
    private static void Rank(Tensor scores, int firstQuery, int firstRow, Rankings rankings)
    {
        var bars = rankings.Bars.Slice(firstQuery, scores.Columns);
        for (var i = 0; i < scores.Rows; i++)
        {
            var row = scores.Row(i);
            for (var q = ScoreScan.Next(row, 0, bars); q < row.Length; q = ScoreScan.Next(row, q + 1, bars))
            {
                rankings.Add(firstQuery + q, new SearchHit(firstRow + i, row[q]));
            }
        }
    }
}
