using Semblance.Tensors;

namespace Semblance;

/// <summary>Provides exact search: the nearest corpus vectors of each query, found by comparing all of them.</summary>
public static class SemanticSearch
{
    // The size of a task: rows that stay in the cache with their scores, or this many streamed bytes, but at least one part per thread.
    private const int ProductRows = 448;
    private const int BlockBytes = 1 << 20;
    private const int SmallestBlock = 56;

    /// <summary>Finds the most similar rows of a corpus in memory.</summary>
    /// <inheritdoc cref="Search(Tensor, VectorMatrix, SearchOptions?, IProgress{double}?, CancellationToken)"/>
    public static SearchHit[][] Search(
        Tensor queries,
        Tensor corpus,
        SearchOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default) =>
        Search(queries, VectorMatrix.Of(corpus), options, progress, cancellationToken);

    /// <summary>Finds the most similar rows of a corpus in any precision, in memory or in a file.</summary>
    /// <remarks>
    /// <para>The corpus is read once, in blocks, so memory grows with queries × <see cref="SearchOptions.TopK"/> only. The
    /// hits and scores of a query do not depend on the other queries or on the number of threads.</para>
    /// <para>Float16, bfloat16, int8 and uint8 vectors have the same scores, bit for bit, as their restored vectors: the query is not
    /// quantized, and scores have the scale of the model. For binary and ubinary vectors, signs are compared with those
    /// of the query, so that the ranking is that of the Hamming distance h: for d elements, the dot product is d − 2h, the
    /// cosine 1 − 2h/d, the Manhattan distance 2h and the Euclidean distance 2√h.</para>
    /// </remarks>
    /// <param name="queries">The queries <c>[queries × dimensions]</c>.</param>
    /// <param name="corpus">The corpus <c>[rows × dimensions]</c>.</param>
    /// <param name="options">The search options; <see langword="null"/> for the 10 nearest rows by cosine similarity.</param>
    /// <param name="progress">Receives the completed fraction of the corpus, from 0 to 1, on the threads that search.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The hits of each query in descending order of score; hits with equal scores in the order of their rows.</returns>
    /// <exception cref="ArgumentException">
    /// Queries and corpus differ in dimension, an option is out of range, or a vector has a score that is not finite.
    /// </exception>
    public static SearchHit[][] Search(
        Tensor queries,
        VectorMatrix corpus,
        SearchOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(corpus);
        options ??= new SearchOptions();
        options.Check();
        Check(queries, corpus, options);
        if (queries.Rows == 0 || corpus.Rows == 0)
        {
            return [.. Enumerable.Range(0, queries.Rows).Select(_ => Array.Empty<SearchHit>())];
        }

        var kept = (int)Math.Min(int.MaxValue / 2, (long)options.TopK * Math.Max(1, options.RescoreMultiplier));
        var rankings = new Rankings(queries.Rows, kept, float.NegativeInfinity);
        using var run = new Computation(options.MaxThreads, cancellationToken: cancellationToken);
        var scan = Scan(run, queries, corpus, options, rankings);
        Compare(scan, corpus, options, new ProgressCounter(progress, corpus.Rows), cancellationToken);
        (scan as BatchScan)?.Complete(options.MaxThreads, cancellationToken);
        var hits = new SearchHit[queries.Rows][];
        for (var query = 0; query < hits.Length; query++)
        {
            hits[query] = rankings[query].ToArray();
        }

        return options.RescoreMultiplier == 0 ? hits : Rescored(queries, corpus, hits, options, cancellationToken);
    }

    private static ICorpusScan Scan(Computation run, Tensor queries, VectorMatrix corpus, SearchOptions options, Rankings rankings)
    {
        if (corpus.Precision is Precision.Binary or Precision.UBinary)
        {
            return new HammingScan(queries, corpus, options, rankings);
        }

        if (!BoundedScan.Suits(queries.Rows, options.Similarity) && BatchScan.Suits(corpus, options.Similarity))
        {
            return new BatchScan(run, queries.AsMatrix(), corpus, options, rankings);
        }

        var scorer = new RowScorer(run, queries.AsMatrix(), corpus, options, rankings);
        return BoundedScan.Suits(queries.Rows, options.Similarity) ? new BoundedScan(scorer, corpus, options, rankings) : scorer;
    }

    private static void Compare(
        ICorpusScan scan, VectorMatrix corpus, SearchOptions options, ProgressCounter progress, CancellationToken cancellationToken)
    {
        var maxThreads = Math.Min(options.MaxThreads, Workers.Shared.Count);
        var suiting = scan is RowScorer ? ProductRows : Math.Max(1, BlockBytes / corpus.RowBytes);
        var rows = options.BlockRows ?? Math.Min(suiting, Math.Max(SmallestBlock, corpus.Rows / (4 * maxThreads)));
        Workers.Shared.For(
            (int)(((long)corpus.Rows + rows - 1) / rows),
            maxThreads,
            block =>
            {
                var first = block * rows;
                var count = Math.Min(rows, corpus.Rows - first);
                using var part = new Computation(1, cancellationToken: cancellationToken);
                scan.Scan(part, first, count);
                progress.Add(count);
            },
            cancellationToken);
    }

    // Each query is compared with its own candidates only.
    private static SearchHit[][] Rescored(
        Tensor queries, VectorMatrix corpus, SearchHit[][] candidates, SearchOptions options, CancellationToken cancellationToken)
    {
        var vectors = options.RescoreWith ?? corpus;
        var hits = new SearchHit[candidates.Length][];
        Workers.Shared.For(
            hits.Length,
            options.MaxThreads,
            query =>
            {
                using var part = new Computation(1, cancellationToken: cancellationToken);
                var rankings = new Rankings(1, options.TopK, float.NegativeInfinity);
                var rows = Array.ConvertAll(candidates[query], hit => hit.Index);
                Array.Sort(rows);
                if (rows.Length > 0)
                {
                    new RowScorer(part, queries.Slice(query, 1), vectors, options, rankings).Score(part, rows);
                }

                hits[query] = rankings[0].ToArray();
            },
            cancellationToken);
        return hits;
    }

    private static void Check(Tensor queries, VectorMatrix corpus, SearchOptions options)
    {
        if (queries.Columns != corpus.Dimension)
        {
            throw new ArgumentException(
                $"Queries of {queries.Columns} dimensions cannot be compared with vectors of {corpus.Dimension} dimensions ({corpus}).",
                nameof(corpus));
        }

        if (options.RescoreWith is { } vectors && (vectors.Rows != corpus.Rows || vectors.Dimension != corpus.Dimension))
        {
            throw new ArgumentException(
                $"Candidates of {corpus} cannot be rescored with {vectors}; the numbers of vectors and dimensions must be equal.",
                nameof(options));
        }

        for (var query = 0; query < queries.Rows; query++)
        {
            Quantizer.CheckFinite(queries.Row(query), nameof(queries), query);
        }
    }
}
