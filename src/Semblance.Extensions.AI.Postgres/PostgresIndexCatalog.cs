using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.VectorData;
using Npgsql;
using Semblance.Postgres;

namespace Semblance.Extensions.AI.Postgres;

/// <summary>
/// Represents the indexes in the first schema of a database's search path, each a <see cref="PostgresIndex"/> in a table of its own.
/// </summary>
/// <remarks>
/// The caller owns the data source and disposes it. An index that another process drops is an error when it is used the next time. The name
/// of an index has at most 48 bytes; that of a further vector property of a record begins with that of the collection.
/// </remarks>
public sealed class PostgresIndexCatalog : IVectorIndexCatalog
{
    private const int Candidates = 100;

    private readonly NpgsqlDataSource _source;
    private readonly PostgresIndexOptions _options;
    private readonly PostgresAccess? _access;
    private readonly ConcurrentDictionary<string, PostgresIndex> _open = new();

    /// <summary>Initializes a new instance of the <see cref="PostgresIndexCatalog"/> class.</summary>
    /// <param name="source">The data source of the database.</param>
    /// <param name="options">
    /// The options of new indexes, of which the similarity function and the attributes are replaced, and the method if the definition of a
    /// record names one; <see langword="null"/> for the defaults. Without <see cref="PostgresIndexOptions.TextSearch"/>, texts are indexed
    /// with <c>simple</c> and <see cref="PostgresIndexOptions.Bigrams"/>.
    /// </param>
    /// <param name="access">The retry and loading options; <see langword="null"/> for the defaults.</param>
    public PostgresIndexCatalog(NpgsqlDataSource source, PostgresIndexOptions? options = null, PostgresAccess? access = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        (_source, _options, _access) = (source, options ?? new PostgresIndexOptions(), access);
    }

    /// <inheritdoc/>
    public string SystemName => "postgresql";

    /// <inheritdoc/>
    public string? Name => new NpgsqlConnectionStringBuilder(_source.ConnectionString).Database;

    /// <inheritdoc/>
    public bool SearchesWords => true;

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var name in await PostgresIndexes.ListAsync(_source, _access, cancellationToken).ConfigureAwait(false))
        {
            yield return name;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IVectorIndex?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue(name, out var index))
        {
            return index;
        }

        var names = await PostgresIndexes.ListAsync(_source, _access, cancellationToken).ConfigureAwait(false);
        return names.Contains(name)
            ? _open[name] = await PostgresIndex.OpenAsync(_source, name, _access, cancellationToken).ConfigureAwait(false)
            : null;
    }

    /// <inheritdoc/>
    public async Task<IVectorIndex> CreateAsync(string name, VectorIndexDefinition definition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var options = _options with
        {
            Similarity = definition.Similarity,
            Attributes = definition.Attributes,
            TextSearch = definition.HasText ? _options.TextSearch ?? "simple" : null,
            Bigrams = definition.HasText && (_options.TextSearch is null || _options.Bigrams),
            Method = definition.IndexKind switch
            {
                null => _options.Method,
                IndexKind.Hnsw => PostgresMethod.Hnsw,
                IndexKind.IvfFlat => PostgresMethod.IvfFlat,
                IndexKind.Flat => PostgresMethod.Exact,
                var other => throw new NotSupportedException(
                    $"The index kind '{other}' is not supported in PostgreSQL; use {IndexKind.Hnsw}, {IndexKind.IvfFlat} or "
                    + $"{IndexKind.Flat}."),
            },
        };
        return _open[name] = await PostgresIndex
            .CreateAsync(_source, name, definition.Dimension, options, _access, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        _open.TryRemove(name, out _);
        await PostgresIndex.DropAsync(_source, name, _access, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<VectorHit>> HybridSearchAsync(
        IVectorIndex index,
        ReadOnlyMemory<float> query,
        IReadOnlyCollection<string> keywords,
        int count,
        VectorFilter? filter,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keywords);
        return index is PostgresIndex postgres
            ? await postgres.HybridSearchAsync(
                query,
                string.Join(" or ", keywords.Select(Term).Where(term => term.Length > 0)),
                new HybridQuery { TopK = count, Candidates = Math.Max(Candidates, count), Filter = filter },
                cancellationToken).ConfigureAwait(false)
            : throw new ArgumentException($"The index is a {index?.GetType().Name}; one of this catalog is expected.", nameof(index));
    }

    /// <summary>Forgets the indexes. The caller disposes the data source.</summary>
    public void Dispose() => _open.Clear();

    // A word, or several as a phrase; the signs of the server's query language have no meaning in a keyword.
    private static string Term(string keyword)
    {
        var words = keyword.Replace('"', ' ').Trim().TrimStart('-').Trim();
        return words.Any(char.IsWhiteSpace) || words.Equals("or", StringComparison.OrdinalIgnoreCase) ? $"\"{words}\"" : words;
    }
}
