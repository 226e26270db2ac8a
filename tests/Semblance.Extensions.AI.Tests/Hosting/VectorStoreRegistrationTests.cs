using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.VectorData;
using Semblance.Extensions.AI.Tests.VectorStores;

namespace Semblance.Extensions.AI.Tests.Hosting;

public sealed class VectorStoreRegistrationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(null)]
    [InlineData("key")]
    public async Task A_store_and_its_collection_are_registered(string? key)
    {
        await using var services = new ServiceCollection()
            .AddSemblanceVectorStore(_folder.FullName, serviceKey: key)
            .AddSemblanceCollection<string, Article>("articles", serviceKey: key)
            .BuildServiceProvider();
        var store = services.GetRequiredKeyedService<VectorStore>(key);
        store.ShouldBeSameAs(services.GetRequiredKeyedService<SemblanceVectorStore>(key));
        var collection = services.GetRequiredKeyedService<VectorStoreCollection<string, Article>>(key);
        services.GetRequiredKeyedService<IVectorSearchable<Article>>(key).ShouldBeSameAs(collection);
        services.GetRequiredKeyedService<IKeywordHybridSearchable<Article>>(key).ShouldBeSameAs(collection);
        await collection.EnsureCollectionExistsAsync();
        (await store.CollectionExistsAsync("articles")).ShouldBeTrue();
        if (key is not null)
        {
            services.GetService<VectorStore>().ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_store_encodes_with_the_registered_model()
    {
        await using var services = new ServiceCollection().AddSemblance().AddSemblanceVectorStore(_folder.FullName).BuildServiceProvider();
        var collection = services.GetRequiredService<VectorStore>().GetDynamicCollection("texts", new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Key", typeof(string)),
                new VectorStoreVectorProperty("Text", typeof(string), Models.Default.Dimension),
            ],
        });
        await collection.EnsureCollectionExistsAsync();
        string[] texts = ["A child is riding a bicycle.", "The stock market fell sharply.", "小狗在草地上奔跑。"];
        await collection.UpsertAsync(texts.Select(text => new Dictionary<string, object?> { ["Key"] = text, ["Text"] = text }));
        (await collection.SearchAsync("Shares dropped", 1).ToListAsync())[0].Record["Key"].ShouldBe(texts[1]);
        (await collection.SearchAsync("一只犬跑过公园", 1).ToListAsync())[0].Record["Key"].ShouldBe(texts[2]);
    }

    [Fact]
    public void Registrations_name_what_is_missing()
    {
        Should.Throw<ArgumentNullException>(() => ((IServiceCollection)null!).AddSemblanceVectorStore("folder"));
        Should.Throw<ArgumentException>(() => new ServiceCollection().AddSemblanceVectorStore(""));
        Should.Throw<ArgumentNullException>(() => new ServiceCollection().AddSemblanceCollection<string, Article>(null!));
        Should.Throw<ArgumentException>(() => new ServiceCollection().AddSemblanceCollection<string, Article>(""));
        Should.Throw<ArgumentException>(() => new ServiceCollection().AddKeyedSemblance(""));
    }

    [Fact]
    public async Task The_generator_of_the_options_counts()
    {
        await using var services = new ServiceCollection()
            .AddSemblanceVectorStore(_folder.FullName, options => options.EmbeddingGenerator = Models.Prompted.AsEmbeddingGenerator())
            .BuildServiceProvider();
        var collection = services.GetRequiredService<VectorStore>().GetDynamicCollection("texts", new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Key", typeof(string)),
                new VectorStoreVectorProperty("Text", typeof(string), Models.Prompted.Dimension),
            ],
        });
        await collection.EnsureCollectionExistsAsync();
        await collection.UpsertAsync(new Dictionary<string, object?> { ["Key"] = "a", ["Text"] = "a" });
        services.GetService<IEmbeddingGenerator>().ShouldBeNull();
    }
}
