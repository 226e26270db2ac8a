namespace Semblance.Extensions.AI;

/// <summary>
/// Represents the place where the indexes of a <see cref="SemblanceVectorStore"/> are: a folder (<see cref="FolderIndexCatalog"/>) or a
/// database.
/// </summary>
/// <remarks>All members are thread-safe. The catalog owns the indexes that it returns.</remarks>
public interface IVectorIndexCatalog : IDisposable
{
    /// <summary>Gets the name of the system in metadata and exceptions, such as <c>semblance</c>.</summary>
    string SystemName { get; }

    /// <summary>Gets the name of the place, such as a path or a database; <see langword="null"/> for none.</summary>
    string? Name { get; }

    /// <summary>
    /// Gets a value that indicates whether <see cref="HybridSearchAsync"/> is supported; otherwise, the store searches for words in memory.
    /// </summary>
    bool SearchesWords { get; }

    /// <summary>Returns the names of the indexes.</summary>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken);

    /// <summary>Opens an index.</summary>
    /// <param name="name">The name of the index.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The index, or <see langword="null"/> if there is none of that name.</returns>
    ValueTask<IVectorIndex?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Creates an index that does not exist.</summary>
    /// <param name="name">The name of the index.</param>
    /// <param name="definition">The definition of the index.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="NotSupportedException">The definition has a part that is not supported there.</exception>
    Task<IVectorIndex> CreateAsync(string name, VectorIndexDefinition definition, CancellationToken cancellationToken);

    /// <summary>Deletes an index with its records, if it exists.</summary>
    /// <param name="name">The name of the index.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    Task DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Searches by a vector and by words in the texts of the records.</summary>
    /// <param name="index">The index.</param>
    /// <param name="query">The query vector.</param>
    /// <param name="keywords">The words, any of which a text can contain.</param>
    /// <param name="count">The maximum number of hits.</param>
    /// <param name="filter">The filter; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The hits in descending order of their fused scores.</returns>
    /// <exception cref="NotSupportedException"><see cref="SearchesWords"/> is <see langword="false"/>.</exception>
    Task<IReadOnlyList<VectorHit>> HybridSearchAsync(
        IVectorIndex index,
        ReadOnlyMemory<float> query,
        IReadOnlyCollection<string> keywords,
        int count,
        VectorFilter? filter,
        CancellationToken cancellationToken);
}
