namespace Semblance.Extensions.AI;

/// <summary>Represents the entries of a cache, whichever it is.</summary>
internal interface IEmbeddingEntries
{
    /// <summary>Returns an entry, or <see langword="null"/> if there is none.</summary>
    ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes an entry.</summary>
    ValueTask SetAsync(string key, byte[] value, CancellationToken cancellationToken);
}
