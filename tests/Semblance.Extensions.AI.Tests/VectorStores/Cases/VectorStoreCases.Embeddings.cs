using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Semblance.Extensions.AI.Tests.VectorStores;

/// <content>Embedding generators compute vectors of what is stored and searched for.</content>
public abstract partial class VectorStoreCases
{
    [CaseFact]
    public async Task The_nearest_generator_counts()
    {
        using var store = await OpenAsync(new SemblanceVectorStoreOptions { EmbeddingGenerator = new NumberGenerator(1) });
        var record = new Dictionary<string, object?> { ["Key"] = "a", ["Text"] = "[1, 1, 0]" };
        foreach (var (collectionGenerator, propertyGenerator, last) in new[] { (false, false, 1), (true, false, 2), (true, true, 3) })
        {
            var collection = store.GetDynamicCollection("generators", Definition(collectionGenerator, propertyGenerator));
            await collection.EnsureCollectionExistsAsync();
            await collection.UpsertAsync(record);
            var found = await collection.SearchAsync(new float[] { 1, 1, last }, 1).ToListAsync();
            found.ShouldHaveSingleItem().Score!.Value.ShouldBe(0, 1e-5);
            (await collection.SearchAsync("[1, 1, 9]", 1).ToListAsync()).ShouldHaveSingleItem().Score!.Value.ShouldBe(0, 1e-5);
            await collection.EnsureCollectionDeletedAsync();
        }

        static VectorStoreCollectionDefinition Definition(bool collectionGenerator, bool propertyGenerator) => new()
        {
            EmbeddingGenerator = collectionGenerator ? new NumberGenerator(2) : null,
            Properties =
            [
                new VectorStoreKeyProperty("Key", typeof(string)),
                new VectorStoreVectorProperty("Text", typeof(string), 3)
                {
                    DistanceFunction = DistanceFunction.EuclideanDistance,
                    EmbeddingGenerator = propertyGenerator ? new NumberGenerator(3) : null,
                },
            ],
        };
    }

    [CaseFact]
    public async Task Generated_vectors_are_not_returned()
    {
        using var store = await OpenAsync(new SemblanceVectorStoreOptions { EmbeddingGenerator = new NumberGenerator(1) });
        var collection = store.GetDynamicCollection("generated-vectors", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Key", typeof(string)), new VectorStoreVectorProperty("Text", typeof(string), 3)],
        });
        await collection.EnsureCollectionExistsAsync();
        const string Message = "When an embedding generator is configured, `Include Vectors` cannot be enabled.";
        (await Should.ThrowAsync<NotSupportedException>(
            () => collection.GetAsync("a", new RecordRetrievalOptions { IncludeVectors = true }))).Message.ShouldBe(Message);
        (await Should.ThrowAsync<NotSupportedException>(() => collection.SearchAsync(
            "[1, 1, 1]", 1, new VectorSearchOptions<Dictionary<string, object?>> { IncludeVectors = true }).ToListAsync().AsTask()))
            .Message.ShouldBe(Message);
        (await Should.ThrowAsync<InvalidOperationException>(() => collection.SearchAsync(8, 1).ToListAsync().AsTask()))
            .Message.ShouldBe("An input of type 'int' was provided, but an incompatible embedding generator of type 'NumberGenerator' was configured.");
    }

    [CaseFact]
    public async Task A_text_without_a_generator_is_not_searched_for()
    {
        await SeedAsync();
        (await Should.ThrowAsync<NotSupportedException>(() => Articles.SearchAsync("foo", 1).ToListAsync().AsTask()))
            .Message.ShouldStartWith("A value of type 'string' was passed to 'SearchAsync'");
    }

    [CaseFact]
    public async Task A_vector_property_can_be_searched_by_text()
    {
        await SeedAsync();
        using var store = await OpenAsync(new SemblanceVectorStoreOptions { EmbeddingGenerator = new NumberGenerator(4) });
        var found = await store.GetCollection<string, Article>(Name).SearchAsync("[1, 2, 0]", 1).ToListAsync();
        found.ShouldHaveSingleItem().Record.Key.ShouldBe("b");
    }

    [CaseFact]
    public async Task A_model_encodes_documents_and_queries_with_their_prompts()
    {
        var generator = Models.Prompted.AsEmbeddingGenerator();
        using var store = await OpenAsync(new SemblanceVectorStoreOptions { EmbeddingGenerator = generator });
        var collection = store.GetDynamicCollection("prompts", new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Key", typeof(string)),
                new VectorStoreVectorProperty("Text", typeof(string), Models.Prompted.Dimension)
                {
                    DistanceFunction = DistanceFunction.DotProductSimilarity,
                },
            ],
        });
        await collection.EnsureCollectionExistsAsync();
        string[] texts = ["a cat", "a dog", "the weather"];
        await collection.UpsertAsync(texts.Select(text => new Dictionary<string, object?> { ["Key"] = text, ["Text"] = text }));
        var expected = Models.Prompted.Similarity(Models.Prompted.EncodeQuery(["a bird"]), Models.Prompted.EncodeDocument(texts));
        var found = await collection.SearchAsync("a bird", 3).ToListAsync();
        foreach (var result in found)
        {
            result.Score!.Value.ShouldBe(expected.Row(0)[Array.IndexOf(texts, (string)result.Record["Key"]!)], 1e-4);
        }
    }

    private protected sealed class NumberGenerator(float last) : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(value =>
            {
                var numbers = value.Trim('[', ']').Split(',').Select(number => float.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
                numbers[^1] = last;
                return new Embedding<float>(numbers);
            })));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
