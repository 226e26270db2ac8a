using Microsoft.Extensions.Caching.Distributed;

namespace Semblance.Extensions.AI;

/// <summary>Represents the entries of a distributed cache.</summary>
internal sealed class DistributedEntries(IDistributedCache cache, DistributedCacheEntryOptions? expiration) : IEmbeddingEntries
{
    private readonly DistributedCacheEntryOptions _expiration = expiration ?? new DistributedCacheEntryOptions();

    public async ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) =>
        await cache.GetAsync(key, cancellationToken).ConfigureAwait(false);

    public async ValueTask SetAsync(string key, byte[] value, CancellationToken cancellationToken) =>
        await cache.SetAsync(key, value, _expiration, cancellationToken).ConfigureAwait(false);
}
