using System.Text.Json;
using Npgsql;

namespace Semblance.Postgres;

/// <summary>Represents the table of an index, with the names and types of its columns and its distance operator.</summary>
/// <param name="Name">The name of the table.</param>
/// <param name="Dimension">The number of elements of each vector.</param>
/// <param name="Options">The options that the index was created with.</param>
/// <param name="TakesCopy">
/// <see langword="true"/> if the server is known to support binary COPY; otherwise, <see langword="false"/>.
/// </param>
internal sealed record IndexTable(string Name, int Dimension, PostgresIndexOptions Options, bool TakesCopy)
{
    /// <summary>The name of the table that lists the indexes of a schema.</summary>
    public const string Catalog = "semblance_index";

    // The version of the layout that this code reads and writes; a newer one is not supported.
    private const int Version = 1;

    // The key of the advisory lock: of concurrent sessions, one creates the extension and the catalog.
    private const long MakingLock = 0x53454D42;

    private const int LongestText = 250_000;

    /// <summary>Gets the quoted name of the table.</summary>
    public string Sql { get; } = Identifier.Quote(Name);

    /// <summary>Gets the columns to write, in order.</summary>
    public string Columns => Options.Bigrams ? "id, embedding, text, metadata, terms" : "id, embedding, text, metadata";

    /// <summary>Gets the type of the vectors.</summary>
    public string VectorType => Options.Storage == PostgresStorage.Float16 ? "halfvec" : "vector";

    /// <summary>Gets the distance operator; a score is the negated distance.</summary>
    public string Distance => Options.Similarity switch
    {
        SimilarityFunction.Euclidean => "<->",
        SimilarityFunction.Manhattan => "<+>",
        _ => "<#>",
    };

    /// <summary>Gets the definitions of the columns to write, for the temporary table to load into.</summary>
    public string WrittenColumns =>
        FormattableString.Invariant(
            $"embedding {VectorType}({Dimension}) not null, text text, metadata jsonb not null{(Options.Bigrams ? ", terms text" : "")}");

    private string OperatorClass => Options.Storage == PostgresStorage.Binary ? "bit_hamming_ops" : VectorType + Options.Similarity switch
    {
        SimilarityFunction.Euclidean => "_l2_ops",
        SimilarityFunction.Manhattan => "_l1_ops",
        _ => "_ip_ops",
    };

    /// <summary>Opens the index called <paramref name="name"/>.</summary>
    /// <exception cref="PostgresIndexException">The index does not exist, or a newer version created it.</exception>
    public static async Task<IndexTable> OpenAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        var query = new SqlText();
        query.Add($"select version, definition::text, version() from {Catalog} where name = {query.Text(name)}");
        var found = await connection.QueryAsync(
            query, row => (row.GetInt32(0), row.GetString(1), row.GetString(2)), cancellationToken).ConfigureAwait(false);
        return found switch
        {
            [] =>
                throw new PostgresIndexException(
                    name, "there is no such index; create it, or look into the schema where it is (Search Path)."),
            [(var version, _, _)] when version != Version => throw new PostgresIndexException(
                name, $"its layout has version {version}, but this version of Semblance supports {Version}; update Semblance."),
            _ => Parse(name, found[0].Item2, KnowsCopy(found[0].Item3)),
        };
    }

    /// <summary>Creates the extension and the catalog if they do not exist.</summary>
    /// <exception cref="PostgresIndexException">The server has no pgvector, or an old version.</exception>
    public static async Task PrepareAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await connection.RunAsync($"select pg_advisory_xact_lock({MakingLock})", cancellationToken).ConfigureAwait(false);
        var installed = await ExtensionAsync(connection, cancellationToken).ConfigureAwait(false);
        if (installed is null)
        {
            try
            {
                await connection.RunAsync("create extension if not exists vector", cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedFile or PostgresErrorCodes.FeatureNotSupported)
            {
                throw new PostgresIndexException(name, "the server has no extension 'vector'; install pgvector 0.8 or newer there.", e);
            }

            installed = await ExtensionAsync(connection, cancellationToken).ConfigureAwait(false);
        }

        if (System.Version.TryParse(installed, out var version) && version < new Version(0, 8))
        {
            throw new PostgresIndexException(
                name,
                $"the database has pgvector {installed}, and 0.8 or newer is needed; install it and run 'alter extension vector update'.");
        }

        await connection.RunAsync(
            $"create table if not exists {Catalog} (name text primary key, version integer not null, definition jsonb not null)",
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Creates the table without the index of the vectors.</summary>
    public async Task<IndexTable> CreateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var entry = new SqlText();
        entry.Add(
            $"insert into {Catalog} (name, version, definition) values ({entry.Text(Name)}, {Version}, {entry.Text(Definition())}::jsonb)");
        try
        {
            await connection.RunAsync(entry, cancellationToken).ConfigureAwait(false);
            var version = await connection.QueryAsync(
                new SqlText().Add("select version()"), row => row.GetString(0), cancellationToken).ConfigureAwait(false);
            await connection.RunAsync(
                await TableAsync(connection, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            return this with { TakesCopy = KnowsCopy(version[0]) };
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable)
        {
            throw new PostgresIndexException(
                Name, "there is an index or a table of that name already; open it, drop it, or choose another name.", e);
        }
    }

    /// <summary>Creates the index of the vectors and replaces the existing one, if any.</summary>
    public async Task IndexAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (Options.Method == PostgresMethod.Exact)
        {
            return;
        }

        // The new index is built next to the old one, so that searches wait only for the replacement.
        var (final, interim) = (Identifier.Quote(Name + "_vectors"), Identifier.Quote(Name + "_vectors_new"));
        var column = Options.Storage == PostgresStorage.Binary ? "bits" : "embedding";
        var method = Options.Method == PostgresMethod.Hnsw
            ? FormattableString.Invariant(
                $"hnsw ({column} {OperatorClass}) with (m = {Options.M}, ef_construction = {Options.EfConstruction})")
            : FormattableString.Invariant($"ivfflat ({column} {OperatorClass}) with (lists = {Options.Lists})");
        await connection.RunAsync($"create index {interim} on {Sql} using {method}", cancellationToken).ConfigureAwait(false);
        await connection.RunAsync(
            [$"drop index if exists {final}", $"alter index {interim} rename to {final}", $"analyze {Sql}"],
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops the table of an index and its catalog entry.</summary>
    /// <returns><see langword="true"/> if the index existed; otherwise, <see langword="false"/>.</returns>
    public static async Task<bool> DropAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        if (!await HasCatalogAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        var entry = new SqlText();
        entry.Add($"delete from {Catalog} where name = {entry.Text(name)}");
        if (await connection.RunAsync(entry, cancellationToken).ConfigureAwait(false) == 0)
        {
            return false;
        }

        await connection.RunAsync($"drop table if exists {Identifier.Quote(name)}", cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Returns the names of the indexes of the schema, in order.</summary>
    public static async Task<IReadOnlyList<string>> NamesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await HasCatalogAsync(connection, cancellationToken).ConfigureAwait(false)
            ? await connection.QueryAsync(
                new SqlText().Add($"select name from {Catalog} order by name collate \"C\""),
                row => row.GetString(0),
                cancellationToken).ConfigureAwait(false)
            : [];

    private static async Task<bool> HasCatalogAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var found = await connection.QueryAsync(
            new SqlText().Add($"select to_regclass('{Catalog}') is not null"),
            row => row.GetBoolean(0),
            cancellationToken).ConfigureAwait(false);
        return found[0];
    }

    // PGlite loses the connection during a COPY from the client.
    private static bool KnowsCopy(string server) =>
        !server.Contains("PGlite", StringComparison.Ordinal) && !server.Contains("wasm", StringComparison.Ordinal);

    private static async Task<string?> ExtensionAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await connection.QueryAsync(
            new SqlText().Add("select extversion from pg_extension where extname = 'vector'"),
            row => row.GetString(0),
            cancellationToken).ConfigureAwait(false)).FirstOrDefault();

    private async Task<List<string>> TableAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var columns = $"id jsonb primary key, {WrittenColumns}";
        if (Options.Storage == PostgresStorage.Binary)
        {
            columns += FormattableString.Invariant(
                $", bits bit({Dimension}) generated always as (binary_quantize(embedding)::bit({Dimension})) stored");
        }

        var indexes =
            new List<string> { $"create index {Identifier.Quote(Name + "_metadata")} on {Sql} using gin (metadata jsonb_path_ops)" };
        if (Options.TextSearch is { } configuration)
        {
            // A table definition cannot have parameters: the server quotes the name.
            var query = new SqlText();
            query.Add($"select quote_literal({query.Text(configuration)}::regconfig::text)");
            var literal = await connection.QueryAsync(query, row => row.GetString(0), cancellationToken).ConfigureAwait(false);
            var source = Options.Bigrams ? "terms" : "text";
            var text = FormattableString.Invariant($"left(coalesce({source}, ''), {LongestText})");
            columns += FormattableString.Invariant(
                $", words tsvector generated always as (to_tsvector({literal[0]}::regconfig, {text})) stored");
            indexes.Add($"create index {Identifier.Quote(Name + "_words")} on {Sql} using gin (words)");
        }

        return [$"create table {Sql} ({columns})", .. indexes];
    }

    private string Definition() => RecordJson.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("dimension", Dimension);
        json.WriteString("similarity", Options.Similarity.Name());
        json.WriteString("storage", Options.Storage.ToString());
        json.WriteString("method", Options.Method.ToString());
        json.WriteNumber("m", Options.M);
        json.WriteNumber("ef_construction", Options.EfConstruction);
        json.WriteNumber("lists", Options.Lists);
        json.WriteString("text_search", Options.TextSearch);
        json.WriteBoolean("bigrams", Options.Bigrams);
        json.WritePropertyName("attributes");
        json.WriteRawValue(RecordJson.Of(Options.Attributes));
        json.WriteEndObject();
    });

    private static IndexTable Parse(string name, string definition, bool takesCopy)
    {
        try
        {
            using var document = JsonDocument.Parse(definition);
            var json = document.RootElement;
            var dimension = json.GetProperty("dimension").GetInt32();
            var options = new PostgresIndexOptions
            {
                Similarity = SimilarityFunctions.Parse(json.GetProperty("similarity").GetString()!),
                Storage = Enum.Parse<PostgresStorage>(json.GetProperty("storage").GetString()!),
                Method = Enum.Parse<PostgresMethod>(json.GetProperty("method").GetString()!),
                M = json.GetProperty("m").GetInt32(),
                EfConstruction = json.GetProperty("ef_construction").GetInt32(),
                Lists = json.GetProperty("lists").GetInt32(),
                TextSearch = json.GetProperty("text_search").GetString(),
                Bigrams = json.GetProperty("bigrams").GetBoolean(),
                Attributes = RecordJson.Labels(json.GetProperty("attributes").GetRawText(), name) ?? [],
            };
            options.Check(dimension);
            return new IndexTable(name, dimension, options, takesCopy);
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new PostgresIndexException(
                name, $"its definition in {Catalog} is damaged: {e.Message} Restore it from a backup, or build the index again.", e);
        }
    }
}
