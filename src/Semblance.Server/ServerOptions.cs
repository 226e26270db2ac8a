using Npgsql;

namespace Semblance.Server;

/// <summary>Represents the models and the limits of a server.</summary>
public sealed record ServerOptions
{
    /// <summary>Gets the models; the bundled default model by default. The first one that fits answers requests that name none.</summary>
    public IReadOnlyList<ServedModel> Models { get; init; } = [ServedModel.Default];

    /// <summary>Gets the adapters, each of which is offered as a model; none by default.</summary>
    public IReadOnlyList<ServedAdapter> Adapters { get; init; } = [];

    /// <summary>Gets the keys of which a request must have one as <c>Authorization: Bearer KEY</c>; empty, the default, for none.</summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>
    /// Gets the origins whose pages may call the server (CORS), or <c>*</c> for every origin; empty, the default, for none.
    /// </summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Gets the approximate maximum number of tokens of a batch, which one thread computes; 512 by default.</summary>
    public int BatchTokens { get; init; } = 512;

    /// <summary>Gets the number of compute threads; null for one for each physical core.</summary>
    public int? MaxThreads { get; init; }

    /// <summary>
    /// Gets the maximum number of tokens that are accepted and not yet computed, 1,048,576 by default; beyond it requests are refused with
    /// the status 429.
    /// </summary>
    public long MaxQueuedTokens { get; init; } = 1 << 20;

    /// <summary>Gets the maximum number of texts of a request; 16,384 by default.</summary>
    public int MaxInputs { get; init; } = 16384;

    /// <summary>Gets the maximum number of characters of a text; 1,000,000 by default.</summary>
    public int MaxTextLength { get; init; } = 1_000_000;

    /// <summary>Gets the maximum size of the body of a request in bytes; 33,554,432 by default.</summary>
    public long MaxBodySize { get; init; } = 32 << 20;

    /// <summary>Gets the time in which a request must be answered; 2 minutes by default.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets the time in which accepted requests may finish when the server stops; 1 minute by default.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Gets a value that indicates whether texts that are too long are truncated if the request does not say; <see langword="true"/> by
    /// default. Otherwise they are errors.
    /// </summary>
    public bool Truncate { get; init; } = true;

    /// <summary>
    /// Gets the maximum size of the models in memory, in bytes, counted by their weight files; null, the default, for no limit. A model that
    /// is in use is never unloaded.
    /// </summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Gets the time after which a model that no request uses is unloaded; null, the default, for never.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>
    /// Gets the address at which the gRPC services of text-embeddings-inference answer, such as <c>http://localhost:8081</c>; null, the
    /// default, for none. They also answer on addresses with TLS.
    /// </summary>
    public string? GrpcUrl { get; init; }

    /// <summary>
    /// Gets the PostgreSQL database of the collections, a table with pgvector for each; null, the default, for a folder. The caller owns and
    /// disposes it.
    /// </summary>
    public NpgsqlDataSource? CollectionsDatabase { get; init; }

    /// <summary>Gets the folder of the collections, used if there is no database; null, the default, for no collections.</summary>
    public string? CollectionsFolder { get; init; }

    /// <summary>Gets a value that indicates whether the server has a place for collections.</summary>
    internal bool HasCollections => CollectionsDatabase is not null || CollectionsFolder is not null;
}
