namespace Semblance.Server.Collections;

/// <summary>Represents a folder with the index of each collection in a folder of its name. The server has it for itself.</summary>
/// <param name="root">The folder.</param>
internal sealed class FolderStorage(string root) : ICollectionStorage
{
    /// <inheritdoc/>
    public bool IsShared => false;

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(
        Directory.Exists(root)
            ? [.. Directory.EnumerateDirectories(root).Where(HnswIndex.Exists).Select(folder => Path.GetFileName(folder)!)
                .Order(StringComparer.Ordinal)]
            : []);

    /// <inheritdoc/>
    public Task<IVectorIndex?> OpenAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult<IVectorIndex?>(HnswIndex.Exists(FolderOf(name)) ? HnswIndex.Open(FolderOf(name)) : null);

    /// <inheritdoc/>
    public Task<IVectorIndex> CreateAsync(string name, int dimension, HnswOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(root);
        return Task.FromResult<IVectorIndex>(HnswIndex.Create(FolderOf(name), dimension, options));
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        if (!HnswIndex.Exists(FolderOf(name)))
        {
            return Task.FromResult(false);
        }

        Directory.Delete(FolderOf(name), recursive: true);
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DocumentHit>?> HybridSearchAsync(
        IVectorIndex index, float[] vector, string words, int count, VectorFilter? filter, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DocumentHit>?>(null);

    private string FolderOf(string name) => Path.Combine(root, name);
}
