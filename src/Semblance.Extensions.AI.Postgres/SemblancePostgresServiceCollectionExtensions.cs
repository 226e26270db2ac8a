using Npgsql;
using Semblance.Extensions.AI;
using Semblance.Extensions.AI.Postgres;
using Semblance.Postgres;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers vector stores over PostgreSQL with dependency injection.</summary>
public static class SemblancePostgresServiceCollectionExtensions
{
    /// <summary>
    /// Adds a vector store over the indexes of a database: <see cref="SemblanceVectorStore"/> and
    /// <see cref="Microsoft.Extensions.VectorData.VectorStore"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="source">
    /// The data source, which the caller owns; <see langword="null"/>, the default, for the registered <see cref="NpgsqlDataSource"/>.
    /// </param>
    /// <param name="configure">The function that sets the options of the store; <see langword="null"/> for the defaults.</param>
    /// <param name="options">The options of new indexes; <see langword="null"/> for the defaults.</param>
    /// <param name="serviceKey">The service key; <see langword="null"/> for none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddSemblancePostgresVectorStore(
        this IServiceCollection services,
        NpgsqlDataSource? source = null,
        Action<SemblanceVectorStoreOptions>? configure = null,
        PostgresIndexOptions? options = null,
        object? serviceKey = null) =>
        services.AddSemblanceVectorStore(
            provider => new PostgresIndexCatalog(source ?? provider.GetRequiredService<NpgsqlDataSource>(), options),
            configure,
            serviceKey);
}
