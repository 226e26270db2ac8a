namespace Semblance;

/// <summary>What can be done with every <see cref="IVectorIndex"/>.</summary>
public static class VectorIndexes
{
    /// <summary>Adds a stream of vectors, in place of those that have the same ids. Each batch is kept whole or not at all.</summary>
    /// <param name="index">The index.</param>
    /// <param name="records">The vectors.</param>
    /// <param name="batchSize">How many are written at a time.</param>
    /// <param name="cancellationToken">Stops between two batches; those before are kept.</param>
    /// <returns>How many were written.</returns>
    public static async Task<long> UpsertAsync(
        this IVectorIndex index, IAsyncEnumerable<VectorRecord> records, int batchSize = 1024, CancellationToken cancellationToken = default)
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
