using System.Diagnostics;
using Semblance.Tensors;

namespace Semblance;

/// <summary>Represents a comparison of approximate search with exact search on the same queries.</summary>
/// <param name="Recall">The fraction of the true nearest vectors that were found, from 0 to 1.</param>
/// <param name="Queries">The number of queries.</param>
/// <param name="TopK">The number of compared hits per query.</param>
/// <param name="Ef">The number of candidates that the approximate search kept.</param>
/// <param name="QueriesPerSecond">The throughput of the approximate search on one thread, in queries per second.</param>
/// <param name="ExactQueriesPerSecond">The throughput of the exact search on one thread, in queries per second.</param>
public sealed record RecallReport(double Recall, int Queries, int TopK, int Ef, double QueriesPerSecond, double ExactQueriesPerSecond)
{
    /// <summary>Measures the recall of an index, for its implementation of <see cref="IVectorIndex.MeasureRecallAsync"/>.</summary>
    /// <param name="search">The function that searches for the query of the given row with the given options.</param>
    /// <param name="options">The options to measure.</param>
    /// <param name="queries">The query vectors <c>[queries × dimension]</c>.</param>
    /// <param name="isOwn"><see langword="true"/> if the queries are vectors of the index; otherwise, <see langword="false"/>.</param>
    /// <returns>The report.</returns>
    public static async ValueTask<RecallReport> OfAsync(
        Func<int, VectorQuery, ValueTask<IReadOnlyList<VectorHit>>> search, VectorQuery options, Tensor queries, bool isOwn)
    {
        ArgumentNullException.ThrowIfNull(search);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(queries);
        // A vector of the index finds itself first: one more hit is requested, and that one is removed.
        var query = isOwn ? options with { TopK = options.TopK + 1 } : options;
        var (found, seconds) = await HitsAsync(query with { Exact = false }).ConfigureAwait(false);
        var (expected, exactSeconds) = await HitsAsync(query with { Exact = true }).ConfigureAwait(false);
        var (right, wanted) = (0L, 0L);
        for (var i = 0; i < queries.Rows; i++)
        {
            var nearest = expected[i].Skip(isOwn ? 1 : 0).ToList();
            var ids = found[i].Select(hit => hit.Id).ToHashSet();
            right += nearest.Count(hit => ids.Contains(hit.Id));
            wanted += nearest.Count;
        }

        return new RecallReport(
            wanted == 0 ? 1 : (double)right / wanted,
            queries.Rows,
            options.TopK,
            Math.Max(options.Ef, options.TopK),
            queries.Rows / seconds,
            queries.Rows / exactSeconds);

        async ValueTask<(IReadOnlyList<VectorHit>[] Hits, double Seconds)> HitsAsync(VectorQuery how)
        {
            var hits = new IReadOnlyList<VectorHit>[queries.Rows];
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < hits.Length; i++)
            {
                hits[i] = await search(i, how).ConfigureAwait(false);
            }

            return (hits, watch.Elapsed.TotalSeconds);
        }
    }
}
