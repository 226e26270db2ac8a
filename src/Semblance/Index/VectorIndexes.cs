namespace Semblance;

/// <summary>Provides extension methods for every <see cref="IVectorIndex"/>.</summary>
public static class VectorIndexes
{
    /// <summary>Adds a stream of vectors, or replaces those with the same ids. Each batch is written completely or not at all.</summary>
    /// <param name="index">The index.</param>
    /// <param name="records">The records.</param>
    /// <param name="batchSize">The number of records that are written at a time.</param>
    /// <param name="cancellationToken">The token that cancels the operation between two batches; earlier batches stay written.</param>
    /// <returns>The number of records written.</returns>
    public static async Task<long> UpsertAsync(
        this IVectorIndex index,
        IAsyncEnumerable<VectorRecord> records,
        int batchSize = 1024,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(records);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        long written = 0;
        await foreach (var batch in records.Chunk(batchSize).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            await index.UpsertAsync(batch, cancellationToken).ConfigureAwait(false);
            written += batch.Length;
        }

        return written;
    }
}
