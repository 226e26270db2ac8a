using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.VectorData;
using Npgsql;
using Semblance.Extensions.AI.Tests.VectorStores;
using Semblance.Postgres.Tests;

namespace Semblance.Extensions.AI.Postgres.Tests;

/// <summary>The vector store in PostgreSQL.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresVectorStoreTests(PostgresServer server) : VectorStoreCases
{
    private protected override bool SearchesAnyText => false;

    public override async Task DisposeAsync()
    {
        foreach (var name in await Store.ListCollectionNamesAsync().ToListAsync())
        {
            await Store.EnsureCollectionDeletedAsync(name);
        }

        Store.Dispose();
    }

    [CaseFact]
    public async Task The_Manhattan_distance_and_index_kinds_are_those_of_pgvector()
    {
        foreach (var kind in new[] { IndexKind.Hnsw, IndexKind.Flat })
        {
            var collection = Collection(kind, DistanceFunction.ManhattanDistance);
            await collection.EnsureCollectionExistsAsync();
            await collection.UpsertAsync(new Dictionary<string, object?> { ["Key"] = "a", ["Vector"] = new float[] { 1, 2 } });
            (await collection.SearchAsync(new float[] { 0, 0 }, 1).ToListAsync())[0].Score!.Value.ShouldBe(3, 1e-5);
            await collection.EnsureCollectionDeletedAsync();
        }

        (await Should.ThrowAsync<NotSupportedException>(() => Collection(IndexKind.DiskAnn, null).EnsureCollectionExistsAsync()))
            .Message.ShouldContain("IvfFlat");

        VectorStoreCollection<object, Dictionary<string, object?>> Collection(string kind, string? function) =>
            Store.GetDynamicCollection("kinds", new VectorStoreCollectionDefinition
            {
                Properties =
                [
                    new VectorStoreKeyProperty("Key", typeof(string)),
                    new VectorStoreVectorProperty("Vector", typeof(float[]), 2) { IndexKind = kind, DistanceFunction = function },
                ],
            });
    }

    [CaseFact]
    public async Task A_store_is_registered_with_the_data_source()
    {
        await using var services = new ServiceCollection().AddSingleton(server.Source).AddSemblancePostgresVectorStore().BuildServiceProvider();
        var store = services.GetRequiredService<VectorStore>();
        await store.GetCollection<string, Article>("articles").EnsureCollectionExistsAsync();
        (await store.ListCollectionNamesAsync().ToListAsync()).ShouldContain("articles");
        ((VectorStoreMetadata)store.GetService(typeof(VectorStoreMetadata))!).VectorStoreName
            .ShouldBe(new NpgsqlConnectionStringBuilder(server.Source.ConnectionString).Database);
    }

    private protected override Task<SemblanceVectorStore> OpenAsync(SemblanceVectorStoreOptions options) =>
        Task.FromResult(new SemblanceVectorStore(new PostgresIndexCatalog(server.Source), options));
}
