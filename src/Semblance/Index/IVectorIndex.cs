using Semblance.Tensors;

namespace Semblance;

/// <summary>Vectors with ids, texts and labels, to be searched: in files (<see cref="HnswIndex"/>), or wherever else they are kept.</summary>
/// <remarks>Safe for all threads. What a method that writes has returned from is kept, whatever happens to the process.</remarks>
public interface IVectorIndex
{
    /// <summary>The number of elements of each vector.</summary>
    int Dimension { get; }

    /// <summary>How vectors are compared.</summary>
    SimilarityFunction Similarity { get; }

    /// <summary>What the vectors were made with, such as <c>model</c>: kept with the index, for its reader.</summary>
    IReadOnlyDictionary<string, string> Attributes { get; }

    /// <summary>The number of vectors.</summary>
    /// <param name="cancellationToken">Stops the counting.</param>
    ValueTask<long> CountAsync(CancellationToken cancellationToken = default);

    /// <summary>The largest of the ids that are numbers, to go on from; null where none is.</summary>
    /// <param name="cancellationToken">Stops the search for it.</param>
    ValueTask<long?> LargestNumberAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds vectors under new ids: all of them, or none if one is refused.</summary>
    /// <param name="records">The vectors, as many as are in memory at once; <see cref="VectorIndexes.UpsertAsync"/> takes a stream.</param>
    /// <param name="cancellationToken">Stops before anything is written.</param>
    /// <exception cref="ArgumentException">An id is there already or comes twice; an id, a text or a label cannot be kept exactly (half of a surrogate pair); or a vector has another dimension or is not finite.</exception>
    /// <exception cref="IOException">They cannot be written; the index is as it was.</exception>
    Task AddAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default);

    /// <summary>Adds vectors, in place of those that have the same ids: all of them, or none if one is refused.</summary>
    /// <param name="records">The vectors.</param>
    /// <param name="cancellationToken">Stops before anything is written.</param>
    /// <exception cref="ArgumentException">An id comes twice; an id, a text or a label cannot be kept exactly (half of a surrogate pair); or a vector has another dimension or is not finite.</exception>
    /// <exception cref="IOException">They cannot be written; the index is as it was.</exception>
    Task UpsertAsync(IReadOnlyList<VectorRecord> records, CancellationToken cancellationToken = default);

    /// <summary>Removes vectors.</summary>
    /// <param name="ids">Their ids; those that are not there are passed over.</param>
    /// <param name="cancellationToken">Stops before anything is written.</param>
    /// <returns>How many were there.</returns>
    /// <exception cref="ArgumentException">An id is one that cannot be kept (half of a surrogate pair).</exception>
    /// <exception cref="IOException">It cannot be written; the index is as it was.</exception>
    Task<int> DeleteAsync(IReadOnlyList<VectorId> ids, CancellationToken cancellationToken = default);

    /// <summary>The vector with an id, or null.</summary>
    /// <param name="id">The id.</param>
    /// <param name="cancellationToken">Stops the search for it.</param>
    /// <exception cref="ArgumentException">The id is one that cannot be kept (half of a surrogate pair).</exception>
    ValueTask<VectorRecord?> GetAsync(VectorId id, CancellationToken cancellationToken = default);

    /// <summary>The vectors that are most alike to a query.</summary>
    /// <param name="query">As many elements as the index has dimensions, all finite.</param>
    /// <param name="options">How to search; null for the ten nearest.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The hits, the best first; those with equal scores in the order of their ids.</returns>
    /// <exception cref="ArgumentException">The query has another dimension or is not finite, or an option is out of range.</exception>
    ValueTask<IReadOnlyList<VectorHit>> SearchAsync(ReadOnlyMemory<float> query, VectorQuery? options = null, CancellationToken cancellationToken = default);

    /// <summary>The hits of several queries, in their order.</summary>
    /// <param name="queries"><c>[queries × dimension]</c>.</param>
    /// <param name="options">How to search; null for the ten nearest.</param>
    /// <param name="maxThreads">The most threads of this process.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="ArgumentException">A query has another dimension or is not finite, or an option is out of range.</exception>
    Task<IReadOnlyList<VectorHit>[]> SearchAsync(Tensor queries, VectorQuery? options = null, int maxThreads = int.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>How much of what exact search finds the approximate search finds, on the index's own vectors or on queries.</summary>
    /// <param name="options">How to search; null for the ten nearest.</param>
    /// <param name="queries"><c>[queries × dimension]</c>; null for vectors of the index itself, taken from all over it, each of which is then left out of its own results.</param>
    /// <param name="count">How many vectors of the index serve as queries.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<RecallReport> MeasureRecallAsync(VectorQuery? options = null, Tensor? queries = null, int count = 200, CancellationToken cancellationToken = default);

    /// <summary>All vectors, in no particular order. Whether those written meanwhile are among them is open.</summary>
    /// <param name="filter">Which vectors; null for all.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    IAsyncEnumerable<VectorRecord> ReadAsync(VectorFilter? filter = null, CancellationToken cancellationToken = default);
}
