namespace Semblance.Server.Collections;

/// <summary>Represents the place of the collections' indexes.</summary>
internal interface ICollectionStorage
{
    /// <summary>Gets a value that indicates whether other processes may change the collections while the server runs.</summary>
    bool IsShared { get; }

    /// <summary>Returns the names of all collections, in ordinal order.</summary>
    Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken);

    /// <summary>Opens the index of a collection; <see langword="null"/> if there is none.</summary>
    Task<IVectorIndex?> OpenAsync(string name, CancellationToken cancellationToken);

    /// <summary>Creates the index of a collection that does not exist.</summary>
    /// <param name="name">The name.</param>
    /// <param name="dimension">The number of elements of each vector.</param>
    /// <param name="options">The similarity, the attributes and the precision.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="RequestException">The place does not support the name or an option.</exception>
    Task<IVectorIndex> CreateAsync(string name, int dimension, HnswOptions options, CancellationToken cancellationToken);

    /// <summary>Deletes the index of a collection, which is closed.</summary>
    /// <returns><see langword="true"/> if it existed; otherwise, <see langword="false"/>.</returns>
    Task<bool> DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Searches an index by vector and words, where the place does so itself.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vector">The vector of the query.</param>
    /// <param name="words">The query.</param>
    /// <param name="count">The maximum number of documents.</param>
    /// <param name="filter">The filter; <see langword="null"/> for all documents.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The documents, best first; <see langword="null"/> if the place has no search by words.</returns>
    Task<IReadOnlyList<DocumentHit>?> HybridSearchAsync(
        IVectorIndex index, float[] vector, string words, int count, VectorFilter? filter, CancellationToken cancellationToken);
}
