using System.Diagnostics;
using Semblance.Tensors;

namespace Semblance;

/// <summary>How an approximate search compares with exact search on the same queries.</summary>
/// <param name="Recall">The part of the true nearest that was found, from 0 to 1.</param>
/// <param name="Queries">How many queries were asked.</param>
/// <param name="TopK">How many hits of each were compared.</param>
/// <param name="Ef">The candidates that the approximate search kept.</param>
/// <param name="QueriesPerSecond">The approximate search's speed on one thread.</param>
/// <param name="ExactQueriesPerSecond">The exact search's speed on one thread.</param>
public sealed record RecallReport(double Recall, int Queries, int TopK, int Ef, double QueriesPerSecond, double ExactQueriesPerSecond)
{
    /// <summary>Measures an index, for its implementation of <see cref="IVectorIndex.MeasureRecallAsync"/>.</summary>
    /// <param name="search">Searches for the query at a place with the given options.</param>
    /// <param name="options">The options to measure.</param>
    /// <param name="queries">The queries, <c>[queries × dimension]</c>.</param>
    /// <param name="isOwn">Whether they are vectors of the index.</param>
    /// <returns>The report.</returns>
    public static async ValueTask<RecallReport> OfAsync(Func<int, VectorQuery, ValueTask<IReadOnlyList<VectorHit>>> search, VectorQuery options, Tensor queries, bool isOwn)
    {
        ArgumentNullException.ThrowIfNull(search);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(queries);
        // A vector of the index finds itself first: one hit more is asked for, and that one left out.
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

        return new RecallReport(wanted == 0 ? 1 : (double)right / wanted, queries.Rows, options.TopK, Math.Max(options.Ef, options.TopK), queries.Rows / seconds, queries.Rows / exactSeconds);

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
