using Semblance.Tensors;

namespace Semblance;

/// <summary>Finds the most similar pairs among many vectors, by comparing all of them.</summary>
public static class ParaphraseMining
{
    /// <summary>Returns the most similar pairs of rows.</summary>
    /// <remarks>
    /// Each pair is compared once, in blocks: apart from the pairs found, memory does not grow with the number of vectors
    /// (with <see cref="MiningOptions.TopK"/>, it does). The result does not depend on the number of threads.
    /// sentence-transformers counts a pair in both directions: its <c>max_pairs</c> of 2n keeps about as many as n here.
    /// </remarks>
    /// <param name="embeddings">The vectors <c>[vectors × dimensions]</c>.</param>
    /// <param name="options">The mining options; <see langword="null"/> for the best 500,000 pairs by cosine similarity.</param>
    /// <param name="progress">Receives the completed fraction of the pairs, from 0 to 1, on the threads that compare.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>
    /// The pairs, each once with the lower row first, in descending order of score; pairs with equal scores in the order of their rows.
    /// </returns>
    /// <exception cref="ArgumentException">A vector is not finite, or an option is out of range.</exception>
    public static IReadOnlyList<ScoredPair> Mine(
        Tensor embeddings,
        MiningOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new MiningOptions();
        options.Check();
        var vectors = FiniteRows.Checked(embeddings, nameof(embeddings));
        var count = vectors.Rows;
        var best = new Best<ScoredPair>(options.MaxPairs, options.Threshold);
        var counter = new ProgressCounter(progress, (long)count * (count - 1) / 2);
        if (options.TopK is { } topK)
        {
            var rankings = new Rankings(count, topK, options.Threshold);
            var nearest = new NearestPairs(rankings, rankings);
            new PairTiles(vectors, null, options, nearest, counter, cancellationToken).Compare();
            nearest.AddTo(count, best);
        }
        else
        {
            new PairTiles(vectors, null, options, new BestPairs(best), counter, cancellationToken).Compare();
        }

        return best.ToArray();
    }
}
