using Microsoft.Extensions.VectorData;

namespace Semblance.Extensions.AI.Tests.VectorStores;

/// <content>Collections are created, listed and deleted.</content>
public abstract partial class VectorStoreCases
{
    [CaseFact]
    public async Task A_collection_exists_from_its_creation_to_its_deletion()
    {
        (await Articles.CollectionExistsAsync()).ShouldBeFalse();
        (await Store.CollectionExistsAsync(Name)).ShouldBeFalse();
        (await Names()).ShouldNotContain(Name);
        await Articles.EnsureCollectionExistsAsync();
        await Articles.EnsureCollectionExistsAsync();
        (await Articles.CollectionExistsAsync()).ShouldBeTrue();
        (await Store.CollectionExistsAsync(Name)).ShouldBeTrue();
        (await Names()).Where(name => name == Name).ShouldHaveSingleItem();
        await Articles.EnsureCollectionDeletedAsync();
        (await Articles.CollectionExistsAsync()).ShouldBeFalse();
        await Store.EnsureCollectionDeletedAsync(Name);
    }

    [CaseFact]
    public async Task A_deleted_collection_is_empty_when_it_is_created_again()
    {
        await SeedAsync();
        await Store.EnsureCollectionDeletedAsync(Name);
        await Articles.EnsureCollectionExistsAsync();
        (await Articles.GetAsync(article => true, 10).ToListAsync()).ShouldBeEmpty();
    }

    [CaseTheory]
    [InlineData("a name with spaces")]
    [InlineData("名字")]
    [InlineData("UPPER.dots")]
    [InlineData("a'b\"c")]
    public async Task A_collection_has_any_name(string name)
    {
        var collection = Store.GetCollection<string, Article>(name);
        await collection.EnsureCollectionExistsAsync();
        await collection.UpsertAsync(Samples[0]);
        ShouldBeAlike(await collection.GetAsync("a"), Samples[0]);
        (await Names()).ShouldContain(name);
        await collection.EnsureCollectionDeletedAsync();
    }

    [CaseFact]
    public async Task Names_of_indexes_are_not_names_of_collections()
    {
        Should.Throw<ArgumentException>(() => Store.GetCollection<string, Article>("a::b")).Message.ShouldContain("'::'");
        await Should.ThrowAsync<ArgumentException>(() => Store.CollectionExistsAsync(""));
    }

    [CaseFact]
    public void Metadata_name_the_system_and_the_collection()
    {
        var metadata = (VectorStoreCollectionMetadata)Articles.GetService(typeof(VectorStoreCollectionMetadata))!;
        metadata.CollectionName.ShouldBe(Name);
        metadata.VectorStoreSystemName.ShouldNotBeNullOrEmpty();
        ((VectorStoreMetadata)Store.GetService(typeof(VectorStoreMetadata))!).VectorStoreSystemName.ShouldBe(metadata.VectorStoreSystemName);
        Articles.GetService(typeof(IKeywordHybridSearchable<Article>)).ShouldBeSameAs(Articles);
        Articles.GetService(typeof(string)).ShouldBeNull();
    }

    [CaseFact]
    public async Task A_missing_collection_is_an_error_with_its_name()
    {
        var error = await Should.ThrowAsync<VectorStoreException>(() => Articles.UpsertAsync(Samples[0]));
        error.Message.ShouldContain("EnsureCollectionExistsAsync");
        error.CollectionName.ShouldBe(Name);
    }

    [CaseFact]
    public async Task Another_definition_of_a_collection_is_an_error()
    {
        await SeedAsync();
        var other = Store.GetDynamicCollection(Name, new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Key", typeof(string)), new VectorStoreVectorProperty("vector", typeof(float[]), 4)],
        });
        (await Should.ThrowAsync<VectorStoreException>(() => other.GetAsync("a"))).Message.ShouldContain("3 elements");
    }

    private Task<List<string>> Names() => Store.ListCollectionNamesAsync().ToListAsync().AsTask();
}
