using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Semblance.Extensions.AI;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers vector stores of Semblance with dependency injection.</summary>
/// <remarks>
/// A store uses the registered <see cref="IEmbeddingGenerator"/>, that of the same service key first, unless its options name another.
/// </remarks>
public static class SemblanceVectorStoreServiceCollectionExtensions
{
    /// <summary>Adds a vector store in a folder: <see cref="SemblanceVectorStore"/> and <see cref="VectorStore"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="folder">The folder, which is created with the first collection.</param>
    /// <param name="configure">The function that sets the options; <see langword="null"/> for the defaults.</param>
    /// <param name="serviceKey">The service key; <see langword="null"/> for none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddSemblanceVectorStore(
        this IServiceCollection services, string folder, Action<SemblanceVectorStoreOptions>? configure = null, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return services.AddSemblanceVectorStore(_ => new FolderIndexCatalog(folder), configure, serviceKey);
    }

    /// <summary>Adds a vector store over a catalog: <see cref="SemblanceVectorStore"/> and <see cref="VectorStore"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="catalog">The function that creates the catalog, which the store disposes.</param>
    /// <param name="configure">The function that sets the options; <see langword="null"/> for the defaults.</param>
    /// <param name="serviceKey">The service key; <see langword="null"/> for none.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddSemblanceVectorStore(
        this IServiceCollection services,
        Func<IServiceProvider, IVectorIndexCatalog> catalog,
        Action<SemblanceVectorStoreOptions>? configure = null,
        object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(catalog);
        services.Add(new ServiceDescriptor(
            typeof(SemblanceVectorStore), serviceKey, (provider, _) => Create(provider), ServiceLifetime.Singleton));
        services.Add(new ServiceDescriptor(
            typeof(VectorStore), serviceKey, (provider, key) => provider.GetRequiredKeyedService<SemblanceVectorStore>(key),
            ServiceLifetime.Singleton));
        return services;

        SemblanceVectorStore Create(IServiceProvider provider)
        {
            var options = new SemblanceVectorStoreOptions
            {
                EmbeddingGenerator = (serviceKey is null ? null : provider.GetKeyedService<IEmbeddingGenerator>(serviceKey))
                    ?? provider.GetService<IEmbeddingGenerator>(),
            };
            configure?.Invoke(options);
            return new SemblanceVectorStore(catalog(provider), options);
        }
    }

    /// <summary>
    /// Adds a collection of the registered vector store: <see cref="VectorStoreCollection{TKey, TRecord}"/>,
    /// <see cref="IVectorSearchable{TRecord}"/> and <see cref="IKeywordHybridSearchable{TRecord}"/>.
    /// </summary>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TRecord">The class of the records.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the collection.</param>
    /// <param name="definition">The definition of the records; <see langword="null"/> for the attributes of the class.</param>
    /// <param name="serviceKey">The service key of the store and of the collection; <see langword="null"/> for none.</param>
    /// <returns>The services.</returns>
    [RequiresDynamicCode("Records of a class are read by reflection. With Native AOT, use GetDynamicCollection of the store.")]
    [RequiresUnreferencedCode("Records of a class are read by reflection. With trimming, use GetDynamicCollection of the store.")]
    public static IServiceCollection AddSemblanceCollection<TKey, TRecord>(
        this IServiceCollection services, string name, VectorStoreCollectionDefinition? definition = null, object? serviceKey = null)
        where TKey : notnull
        where TRecord : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(name);
        services.Add(new ServiceDescriptor(
            typeof(VectorStoreCollection<TKey, TRecord>), serviceKey,
            (provider, key) => provider.GetRequiredKeyedService<SemblanceVectorStore>(key).GetCollection<TKey, TRecord>(name, definition),
            ServiceLifetime.Singleton));
        services.Add(new ServiceDescriptor(
            typeof(IVectorSearchable<TRecord>), serviceKey,
            (provider, key) => provider.GetRequiredKeyedService<VectorStoreCollection<TKey, TRecord>>(key), ServiceLifetime.Singleton));
        services.Add(new ServiceDescriptor(
            typeof(IKeywordHybridSearchable<TRecord>), serviceKey,
            (provider, key) => provider.GetRequiredKeyedService<VectorStoreCollection<TKey, TRecord>>(key), ServiceLifetime.Singleton));
        return services;
    }
}
