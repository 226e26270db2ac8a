using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Mines translations from texts of two languages: pairs whose similarity is high relative to that of their neighbors (Artetxe and
/// Schwenk 2019, arXiv:1811.01136).
/// </summary>
/// <remarks>
/// Cosine similarities of different texts have different scales: some texts are similar to many others. The margin relates the cosine of a
/// pair to the mean of both texts' k nearest neighbors in the other language.
/// </remarks>
public static class BitextMining
{
    /// <summary>Returns the pairs of source and target that are most likely translations.</summary>
    /// <remarks>
    /// All sources are compared with all targets once, in blocks; apart from the vectors, memory is
    /// <see cref="BitextMiningOptions.Neighbors"/> hits per text. The result does not depend on the number of threads.
    /// </remarks>
    /// <param name="source">The source vectors <c>[sources × dimensions]</c>.</param>
    /// <param name="target">The target vectors <c>[targets × dimensions]</c>.</param>
    /// <param name="options">
    /// The mining options; <see langword="null"/> for the best of the paper: ratio, the maximum of both directions, 4 neighbors.
    /// </param>
    /// <param name="progress">Receives the completed fraction of the comparisons, from 0 to 1, on the threads that compare.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>
    /// The pairs of source and target rows with their margins, in descending order of score; pairs with equal scores in the order of their
    /// rows. A ratio to a mean that is not positive gives no pair.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// A vector is not finite, sources and targets differ in dimensions, or an option is out of range.
    /// </exception>
    public static IReadOnlyList<ScoredPair> Mine(
        Tensor source,
        Tensor target,
        BitextMiningOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new BitextMiningOptions();
        options.Check();
        var (sources, targets) = (FiniteRows.Checked(source, nameof(source)), FiniteRows.Checked(target, nameof(target)));
        TensorRows.CheckWidth(sources, targets, nameof(target));
        var forward = new Rankings(source.Rows, options.Neighbors, float.NegativeInfinity);
        var backward = new Rankings(target.Rows, options.Neighbors, float.NegativeInfinity);
        var blocks = options.Blocks with { Similarity = SimilarityFunction.Cosine, MaxThreads = options.MaxThreads };
        var counter = new ProgressCounter(progress, (long)source.Rows * target.Rows);
        new PairTiles(sources, targets, blocks, new NearestPairs(forward, backward), counter, cancellationToken).Compare();

        var (near, back) = (Neighborhoods(forward, source.Rows), Neighborhoods(backward, target.Rows));
        ScoredPair[] pairs = [.. Pairs(near, back, options).Where(pair => pair.Score >= options.Threshold)];
        Array.Sort(pairs, Selection.Order<ScoredPair>());
        return options.Retrieval == BitextRetrieval.Max ? OneEach(pairs) : pairs;
    }

    private static IEnumerable<ScoredPair> Pairs(Neighborhood[] near, Neighborhood[] back, BitextMiningOptions options)
    {
        var forward = near.Select(
            (neighborhood, row) => Best(neighborhood, back, options.Margin) is { } hit
                ? new ScoredPair(row, hit.Index, hit.Score)
                : (ScoredPair?)null);
        var backward = back.Select(
            (neighborhood, row) => Best(neighborhood, near, options.Margin) is { } hit
                ? new ScoredPair(hit.Index, row, hit.Score)
                : (ScoredPair?)null);
        return options.Retrieval switch
        {
            BitextRetrieval.Forward => forward.OfType<ScoredPair>(),
            BitextRetrieval.Backward => backward.OfType<ScoredPair>(),
            BitextRetrieval.Intersection => forward.OfType<ScoredPair>().Intersect(backward.OfType<ScoredPair>()),
            _ => forward.Concat(backward).OfType<ScoredPair>(),
        };
    }

    // The candidate with the largest margin; among equal margins, the most similar one.
    private static SearchHit? Best(Neighborhood neighborhood, Neighborhood[] others, Margin margin)
    {
        SearchHit? best = null;
        foreach (var hit in neighborhood.Hits)
        {
            var mean = (neighborhood.Mean + others[hit.Index].Mean) / 2; // the same bits in both directions
            var score = margin switch
            {
                Margin.Absolute => hit.Score,
                Margin.Distance => hit.Score - mean,
                _ => mean > 0 ? hit.Score / mean : float.NaN,
            };
            if (score > (best?.Score ?? float.NegativeInfinity))
            {
                best = new SearchHit(hit.Index, score);
            }
        }

        return best;
    }

    private static List<ScoredPair> OneEach(ScoredPair[] pairs)
    {
        var (sources, targets, kept) = (new HashSet<int>(), new HashSet<int>(), new List<ScoredPair>());
        foreach (var pair in pairs)
        {
            if (!sources.Contains(pair.First) && !targets.Contains(pair.Second))
            {
                sources.Add(pair.First);
                targets.Add(pair.Second);
                kept.Add(pair);
            }
        }

        return kept;
    }

    private static Neighborhood[] Neighborhoods(Rankings rankings, int count)
    {
        var neighborhoods = new Neighborhood[count];
        for (var row = 0; row < count; row++)
        {
            var hits = rankings[row].ToArray();
            neighborhoods[row] = new Neighborhood(hits, hits.Length == 0 ? 0 : hits.Average(hit => hit.Score));
        }

        return neighborhoods;
    }

    /// <summary>Represents the nearest texts of the other language of a text.</summary>
    /// <param name="Hits">The texts, the most similar first.</param>
    /// <param name="Mean">The mean of their cosine similarities.</param>
    private readonly record struct Neighborhood(SearchHit[] Hits, float Mean);
}
