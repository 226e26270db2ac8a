using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Provides extension methods for an index of documents, which has a vector for each document, or for each passage of long documents
/// (<see cref="TextIndex"/>).
/// </summary>
public static class DocumentIndexes
{
    // Documents have several passages among the best hits.
    private const int PassagesAtFirst = 4;

    /// <summary>Returns whether an index has a vector for each passage of its documents.</summary>
    /// <param name="index">The index.</param>
    public static bool HasPassages(this IVectorIndex index) => TextIndexSettings.Of(index).Truncation == Truncation.Chunk;

    /// <summary>Searches for several queries and returns the best documents of each, every document once, with its best passage.</summary>
    /// <param name="index">The index.</param>
    /// <param name="queries">The query vectors <c>[queries × dimension]</c>.</param>
    /// <param name="options">The search options; <see langword="null"/> for the 10 best documents.</param>
    /// <param name="maxThreads">The maximum number of threads of this process.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The documents of each query in descending order of score.</returns>
    /// <exception cref="ArgumentException">A query has another dimension or is not finite, or an option is out of range.</exception>
    public static async Task<IReadOnlyList<DocumentHit>[]> SearchDocumentsAsync(
        this IVectorIndex index, Tensor queries, VectorQuery? options = null, int maxThreads = int.MaxValue,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(queries);
        options ??= VectorQuery.Default;
        options.Check();
        var first = options with { TopK = index.HasPassages() ? Times(options.TopK) : options.TopK };
        var found = await index.SearchAsync(queries, first, maxThreads, cancellationToken).ConfigureAwait(false);
        var documents = new IReadOnlyList<DocumentHit>[found.Length];
        for (var i = 0; i < found.Length; i++)
        {
            documents[i] = await DocumentsAsync(
                found[i], first.TopK, options.TopK,
                async count => await index.SearchAsync(
                    queries.Row(i).ToArray(), options with { TopK = count }, cancellationToken).ConfigureAwait(false))
                .ConfigureAwait(false);
        }

        return documents;
    }

    /// <summary>Returns the best documents of a search that an index provides itself, such as one by vectors and words.</summary>
    /// <param name="index">The index.</param>
    /// <param name="topK">The maximum number of documents.</param>
    /// <param name="search">Returns a given number of hits, the best first; it is called again if they are of too few documents.</param>
    /// <returns>The documents in descending order of score.</returns>
    public static async Task<IReadOnlyList<DocumentHit>> SearchDocumentsAsync(
        this IVectorIndex index, int topK, Func<int, Task<IReadOnlyList<VectorHit>>> search)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(search);
        ArgumentOutOfRangeException.ThrowIfLessThan(topK, 1);
        var count = index.HasPassages() ? Times(topK) : topK;
        return await DocumentsAsync(await search(count).ConfigureAwait(false), count, topK, search).ConfigureAwait(false);
    }

    /// <summary>
    /// Adds documents, or replaces those with the same ids, with all of their passages. Each batch is written completely or not at all.
    /// </summary>
    /// <param name="index">The index.</param>
    /// <param name="records">The records with their vectors, from <see cref="TextIndex.EncodeAsync"/>.</param>
    /// <param name="batchSize">The number of records that are written at a time.</param>
    /// <param name="cancellationToken">The token that cancels the operation between two batches; earlier batches stay written.</param>
    /// <returns>The number of documents written.</returns>
    public static async Task<long> UpsertDocumentsAsync(
        this IVectorIndex index, IAsyncEnumerable<VectorRecord> records, int batchSize = 1024,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(records);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (!index.HasPassages())
        {
            return await index.UpsertAsync(records, batchSize, cancellationToken).ConfigureAwait(false);
        }

        var written = 0L;
        (VectorId Document, int Passages)? last = null;
        await foreach (var batch in records.Chunk(batchSize).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            await index.UpsertAsync(batch, cancellationToken).ConfigureAwait(false);
            foreach (var record in batch)
            {
                var document = DocumentPassages.DocumentOf(record.Id, record.Metadata);
                if (last is not { } current || current.Document != document)
                {
                    await DeletePassagesAsync(index, last, cancellationToken).ConfigureAwait(false);
                    (last, written) = ((document, 0), written + 1);
                }

                last = (document, last.Value.Passages + 1);
            }
        }

        await DeletePassagesAsync(index, last, cancellationToken).ConfigureAwait(false);
        return written;
    }

    /// <summary>Deletes documents with all of their passages.</summary>
    /// <param name="index">The index.</param>
    /// <param name="ids">The ids of the documents; ids that do not exist are ignored.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The number of deleted documents.</returns>
    public static async Task<int> DeleteDocumentsAsync(
        this IVectorIndex index, IReadOnlyList<VectorId> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(ids);
        if (!index.HasPassages())
        {
            return await index.DeleteAsync(ids, cancellationToken).ConfigureAwait(false);
        }

        var deleted = 0;
        foreach (var id in ids.Distinct())
        {
            deleted += await DeletePassagesAsync(index, (id, 0), cancellationToken).ConfigureAwait(false) > 0 ? 1 : 0;
        }

        return deleted;
    }

    // Deletes the passages of a document beyond a number.
    private static async Task<int> DeletePassagesAsync(
        IVectorIndex index, (VectorId Document, int Passages)? document, CancellationToken cancellationToken)
    {
        if (document is not { } after)
        {
            return 0;
        }

        var surplus = new List<VectorId>();
        for (var number = after.Passages + 1; ; number++)
        {
            var id = DocumentPassages.Id(after.Document, number);
            if (await index.GetAsync(id, cancellationToken).ConfigureAwait(false) is null)
            {
                return surplus.Count == 0 ? 0 : await index.DeleteAsync(surplus, cancellationToken).ConfigureAwait(false);
            }

            surplus.Add(id);
        }
    }

    // Searches again for more hits until there are enough documents, or no more hits.
    private static async Task<IReadOnlyList<DocumentHit>> DocumentsAsync(
        IReadOnlyList<VectorHit> hits, int count, int topK, Func<int, Task<IReadOnlyList<VectorHit>>> search)
    {
        for (; ; )
        {
            var documents = DocumentPassages.Group(hits);
            if (documents.Count >= topK || hits.Count < count || count == int.MaxValue)
            {
                return documents.Count > topK ? documents[..topK] : documents;
            }

            count = Times(count);
            hits = await search(count).ConfigureAwait(false);
        }
    }

    private static int Times(int count) => (int)Math.Min(int.MaxValue, (long)count * PassagesAtFirst);
}
