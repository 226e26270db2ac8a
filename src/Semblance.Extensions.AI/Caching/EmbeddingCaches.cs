using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;

namespace Semblance.Extensions.AI;

/// <summary>Provides caches of embeddings, keyed by the model, the prompt, the options and the text.</summary>
/// <remarks>
/// A cached vector has the bits that the model computes. The texts of a request that are not in the cache are encoded together. Only the
/// tokens of these count as usage.
/// </remarks>
public static class EmbeddingCaches
{
    /// <summary>Returns an embedding generator that reads the vectors of texts from a distributed cache.</summary>
    /// <param name="generator">The generator that computes the vectors of texts that are not in the cache.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    public static IEmbeddingGenerator<string, Embedding<float>> WithCache(
        this IEmbeddingGenerator<string, Embedding<float>> generator, IDistributedCache cache, EmbeddingCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(cache);
        options ??= new EmbeddingCacheOptions();
        return new CachingEmbeddingGenerator(generator, new DistributedEntries(cache, options.Distributed), options);
    }

    /// <summary>Returns an embedding generator that reads the vectors of texts from a hybrid cache.</summary>
    /// <param name="generator">The generator that computes the vectors of texts that are not in the cache.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    public static IEmbeddingGenerator<string, Embedding<float>> WithCache(
        this IEmbeddingGenerator<string, Embedding<float>> generator, HybridCache cache, EmbeddingCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(cache);
        options ??= new EmbeddingCacheOptions();
        return new CachingEmbeddingGenerator(generator, new HybridEntries(cache, options.Hybrid), options);
    }
}
