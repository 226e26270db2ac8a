using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.VectorData;

namespace Semblance.Extensions.AI.Tests.VectorStores;

/// <summary>The vector store in a folder.</summary>
public sealed class FolderVectorStoreTests : VectorStoreCases
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    private protected override bool SearchesAnyText => true;

    public override Task DisposeAsync()
    {
        Store.Dispose();
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Records_are_there_after_closing_and_opening()
    {
        await Articles.EnsureCollectionExistsAsync();
        await Articles.UpsertAsync(Samples);
        using var store = await OpenAsync(new SemblanceVectorStoreOptions());
        (await store.ListCollectionNamesAsync().ToListAsync()).ShouldBe(["articles"]);
        var article = await store.GetCollection<string, Article>("articles").GetAsync("b", new RecordRetrievalOptions { IncludeVectors = true });
        article!.Vector.ToArray().ShouldBe(Samples[1].Vector.ToArray(), 1e-6);
    }

    [Fact]
    public async Task A_read_only_catalog_reads_while_another_store_writes()
    {
        await Articles.EnsureCollectionExistsAsync();
        await Articles.UpsertAsync(Samples);
        using var reader = new SemblanceVectorStore(new FolderIndexCatalog(_folder.FullName, isReadOnly: true));
        var articles = reader.GetCollection<string, Article>("articles");
        (await articles.SearchAsync(Samples[2].Vector, 1).ToListAsync())[0].Record.Key.ShouldBe("c");
        await Should.ThrowAsync<InvalidOperationException>(() => articles.DeleteAsync("a"));
        using var writer = new SemblanceVectorStore(_folder.FullName);
        (await Should.ThrowAsync<VectorStoreException>(() => writer.GetCollection<string, Article>("articles").GetAsync("a")))
            .InnerException.ShouldBeOfType<IndexLockedException>();
    }

    [Fact]
    public async Task Another_index_kind_is_not_supported_in_files()
    {
        var collection = Store.GetDynamicCollection("kinds", new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Key", typeof(string)),
                new VectorStoreVectorProperty("Vector", typeof(float[]), 4) { IndexKind = IndexKind.DiskAnn },
            ],
        });
        (await Should.ThrowAsync<NotSupportedException>(() => collection.EnsureCollectionExistsAsync())).Message.ShouldContain("Hnsw or Flat");
    }

    [Fact]
    public async Task An_upsert_that_was_acknowledged_survives_a_kill()
    {
        const int Kills = 4;
        var next = 0;
        var random = new Random(1);
        for (var kill = 0; kill < Kills; kill++)
        {
            next = await UpsertUntilKilledAsync(next, random.Next(5, 60));
            using var store = new SemblanceVectorStore(_folder.FullName);
            var collection = store.GetDynamicCollection(KilledWriter.Collection, KilledWriter.Definition);
            var found = await collection.GetAsync(record => true, 1_000_000).ToDictionaryAsync(record => (int)record["Key"]!);
            for (var key = 0; key < next; key++)
            {
                found.ShouldContainKey(key, $"kill {kill}, {next} acknowledged");
                found[key]["Text"].ShouldBe(KilledWriter.Record(key)["Text"]);
            }
        }

        HnswIndex.Verify(Path.Combine(_folder.FullName, KilledWriter.Collection)).Problems.ShouldBeEmpty();
    }

    private protected override Task<SemblanceVectorStore> OpenAsync(SemblanceVectorStoreOptions options)
    {
        Store?.Dispose(); // one store at a time can write
        return Task.FromResult(new SemblanceVectorStore(_folder.FullName, options));
    }

    // Returns the number of records that the process acknowledged.
    private async Task<int> UpsertUntilKilledAsync(int first, int count)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])["exec", typeof(KilledWriter).Assembly.Location, _folder.FullName, $"{first}"])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var acknowledged = first;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            acknowledged = int.Parse(line, CultureInfo.InvariantCulture) + 1;
            if (acknowledged - first == count)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync();
        (acknowledged - first).ShouldBeGreaterThanOrEqualTo(count);
        return acknowledged;
    }
}
