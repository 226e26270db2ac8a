using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Represents a searchable collection of vectors with ids, texts and labels: in files (<see cref="HnswIndex"/>) or in another store.
/// </summary>
/// <remarks>All members are thread-safe. A change is durable when the method that writes it has returned.</remarks>
public interface IVectorIndex
{
    /// <summary>Gets the number of elements of each vector.</summary>
    int Dimension { get; }

    /// <summary>Gets the similarity function that compares vectors.</summary>
    SimilarityFunction Similarity { get; }

    /// <summary>Gets the attributes that are stored with the index, such as the <c>model</c> that encoded the vectors.</summary>
    IReadOnlyDictionary<string, string> Attributes { get; }

    /// <summary>Returns the number of vectors.</summary>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    ValueTask<long> CountAsync(CancellationToken cancellationToken = default);

    /// <summary>Returns the largest of the ids that are numbers, or <see langword="null"/> if no id is a number.</summary>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    ValueTask<long?> LargestNumberAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds vectors with new ids. Either all of them are added or, on an error, none.</summary>
    /// <param name="records">The records, all in memory; for a stream, use <see cref="VectorIndexes.UpsertAsync"/>.</param>
    /// <param name="cancellationToken">The token that cancels the operation; nothing is written then.</param>
    /// <exception cref="ArgumentException">
    /// An id exists already or is not unique; an id, a text or a label is not valid Unicode (a lone surrogate); or a vector has another
    /// dimension or is not finite.
    /// </exception>
    /// <exception cref="IOException">The records cannot be written; the index is unchanged.</exception>
    Task AddAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default);

    /// <summary>Adds vectors, or replaces those with the same ids. Either all of them are written or, on an error, none.</summary>
    /// <param name="records">The records.</param>
    /// <param name="cancellationToken">The token that cancels the operation; nothing is written then.</param>
    /// <exception cref="ArgumentException">
    /// An id is not unique; an id, a text or a label is not valid Unicode (a lone surrogate); or a vector has another dimension or is not
    /// finite.
    /// </exception>
    /// <exception cref="IOException">The records cannot be written; the index is unchanged.</exception>
    Task UpsertAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default);

    /// <summary>Deletes vectors.</summary>
    /// <param name="ids">The ids of the vectors; ids that do not exist are ignored.</param>
    /// <param name="cancellationToken">The token that cancels the operation; nothing is written then.</param>
    /// <returns>The number of deleted vectors.</returns>
    /// <exception cref="ArgumentException">An id is not valid Unicode (a lone surrogate).</exception>
    /// <exception cref="IOException">The change cannot be written; the index is unchanged.</exception>
    Task<int> DeleteAsync(IReadOnlyList<VectorId> ids, CancellationToken cancellationToken = default);

    /// <summary>Returns the record with an id, or <see langword="null"/> if there is none.</summary>
    /// <param name="id">The id.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">The id is not valid Unicode (a lone surrogate).</exception>
    ValueTask<VectorRecord?> GetAsync(VectorId id, CancellationToken cancellationToken = default);

    /// <summary>Returns the vectors that are most similar to a query.</summary>
    /// <param name="query">The query vector, of the dimension of the index, all values finite.</param>
    /// <param name="options">The search options; <see langword="null"/> for the 10 nearest vectors.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The hits in descending order of score; hits with equal scores in the order of their ids.</returns>
    /// <exception cref="ArgumentException">The query has another dimension or is not finite, or an option is out of range.</exception>
    ValueTask<IReadOnlyList<VectorHit>> SearchAsync(
        ReadOnlyMemory<float> query, VectorQuery? options = null, CancellationToken cancellationToken = default);

    /// <summary>Searches for several queries and returns their hits in the order of the queries.</summary>
    /// <param name="queries">The query vectors <c>[queries × dimension]</c>.</param>
    /// <param name="options">The search options; <see langword="null"/> for the 10 nearest vectors.</param>
    /// <param name="maxThreads">The maximum number of threads of this process.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">A query has another dimension or is not finite, or an option is out of range.</exception>
    Task<IReadOnlyList<VectorHit>[]> SearchAsync(
        Tensor queries, VectorQuery? options = null, int maxThreads = int.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>Measures the recall of approximate search against exact search, on vectors of the index or on queries.</summary>
    /// <param name="options">The search options to measure; <see langword="null"/> for the 10 nearest vectors.</param>
    /// <param name="queries">
    /// The query vectors <c>[queries × dimension]</c>; <see langword="null"/> for a sample of the index's own vectors, each of which is
    /// excluded from its own hits.
    /// </param>
    /// <param name="count">The number of vectors in the sample of the index; 200 by default.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    Task<RecallReport> MeasureRecallAsync(
        VectorQuery? options = null, Tensor? queries = null, int count = 200, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads all records, in no particular order. Records that are written during the reading may or may not be included.
    /// </summary>
    /// <param name="filter">The filter that selects the records; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    IAsyncEnumerable<VectorRecord> ReadAsync(VectorFilter? filter = null, CancellationToken cancellationToken = default);
}
