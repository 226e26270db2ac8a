using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;

namespace Semblance.Extensions.AI;

/// <summary>Provides the options of a cache of embeddings.</summary>
public sealed class EmbeddingCacheOptions
{
    /// <summary>
    /// Gets or sets the text that identifies the model; <see langword="null"/>, the default, for a fingerprint of what the model computes,
    /// which another revision, compute type or set of weights changes. It is required for a generator that is not one of Semblance, and
    /// saves loading the model for texts that are cached.
    /// </summary>
    public string? ModelFingerprint { get; set; }

    /// <summary>Gets or sets the beginning of each key; <c>semblance</c> by default.</summary>
    public string KeyPrefix { get; set; } = SemblanceTelemetry.ProviderName;

    /// <summary>Gets or sets the expiration of an entry in a distributed cache; none by default.</summary>
    public DistributedCacheEntryOptions? Distributed { get; set; }

    /// <summary>Gets or sets the expiration of an entry in a hybrid cache; that of the cache by default.</summary>
    public HybridCacheEntryOptions? Hybrid { get; set; }
}
