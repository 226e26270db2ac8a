using Microsoft.Extensions.Caching.Hybrid;

namespace Semblance.Extensions.AI;

/// <summary>Represents the entries of a hybrid cache, in memory and behind it.</summary>
internal sealed class HybridEntries(HybridCache cache, HybridCacheEntryOptions? expiration) : IEmbeddingEntries
{
    // Reads without computing: the missing texts of a request are encoded together.
    private static readonly HybridCacheEntryOptions Reading = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    public async ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) =>
        await cache.GetOrCreateAsync<byte[]?>(
            key, static _ => ValueTask.FromResult<byte[]?>(null), Reading, cancellationToken: cancellationToken).ConfigureAwait(false);

    public async ValueTask SetAsync(string key, byte[] value, CancellationToken cancellationToken) =>
        await cache.SetAsync(key, value, expiration, cancellationToken: cancellationToken).ConfigureAwait(false);
}
