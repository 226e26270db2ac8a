using Npgsql;
using Semblance.Postgres;

namespace Semblance.Server.Collections;

/// <summary>Represents a PostgreSQL database with the index of each collection in a table of its name, which other processes may share.</summary>
/// <param name="source">The data source of the database.</param>
internal sealed class PostgresTables(NpgsqlDataSource source) : ICollectionStorage
{
    private const string Words = "simple"; // words of any language, as they are

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken) =>
        PostgresIndexes.ListAsync(source, null, cancellationToken);

    /// <inheritdoc/>
    public async Task<IVectorIndex?> OpenAsync(string name, CancellationToken cancellationToken) =>
        (await NamesAsync(cancellationToken).ConfigureAwait(false)).Contains(name)
            ? await PostgresIndex.OpenAsync(source, name, null, cancellationToken).ConfigureAwait(false)
            : null;

    /// <inheritdoc/>
    public async Task<IVectorIndex> CreateAsync(string name, int dimension, HnswOptions options, CancellationToken cancellationToken)
    {
        var settings = new PostgresIndexOptions
        {
            Similarity = options.Similarity,
            Attributes = options.Attributes,
            Storage = options.Precision switch
            {
                Precision.Float32 => PostgresStorage.Float32,
                Precision.Binary => PostgresStorage.Binary,
                var other => throw RequestException.Validation(
                    $"`precision` is '{other.ToString().ToLowerInvariant()}'; collections on PostgreSQL have float32 and binary.", "precision"),
            },
            TextSearch = Words,
            Bigrams = true,
        };
        try
        {
            return await PostgresIndex.CreateAsync(source, name, dimension, settings, null, cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException e)
        {
            throw RequestException.Validation(e.Message, "name");
        }
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) =>
        PostgresIndex.DropAsync(source, name, null, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DocumentHit>?> HybridSearchAsync(
        IVectorIndex index, float[] vector, string words, int count, VectorFilter? filter, CancellationToken cancellationToken)
    {
        var table = (PostgresIndex)index;
        if (table.Options.TextSearch is null)
        {
            throw RequestException.Validation($"The table '{table.Name}' was created without text search; leave `hybrid` out.", "hybrid");
        }

        return await table.SearchDocumentsAsync(count, async hits => await table.HybridSearchAsync(
            vector, words, new HybridQuery { TopK = hits, Candidates = Math.Max(count, hits), Filter = filter }, cancellationToken)
            .ConfigureAwait(false)).ConfigureAwait(false);
    }
}
