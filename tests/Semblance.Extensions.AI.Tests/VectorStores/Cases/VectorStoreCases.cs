using Microsoft.Extensions.VectorData;

namespace Semblance.Extensions.AI.Tests.VectorStores;

/// <summary>
/// What a vector store must do, after the conformance tests of Microsoft.Extensions.VectorData (MIT license). Each derived class runs the
/// cases in another place.
/// </summary>
public abstract partial class VectorStoreCases : IAsyncLifetime
{
    private const string Name = "articles";

    private protected SemblanceVectorStore Store { get; private set; } = null!;

    private protected VectorStoreCollection<string, Article> Articles { get; private set; } = null!;

    private protected static Article[] Samples =>
    [
        new() { Key = "a", Number = 1, Text = "foo", Vector = new float[] { 1, 2, 3 } },
        new() { Key = "b", Number = 2, Text = "bar", Vector = new float[] { 1, 2, 4 } },
        new() { Key = "c", Number = 3, Text = "foo", Vector = new float[] { 1, 2, 5 } },
    ];

    public async Task InitializeAsync()
    {
        Store = await OpenAsync(new SemblanceVectorStoreOptions());
        Articles = Store.GetCollection<string, Article>(Name);
    }

    public abstract Task DisposeAsync();

    /// <summary>Opens another store at the same place.</summary>
    private protected abstract Task<SemblanceVectorStore> OpenAsync(SemblanceVectorStoreOptions options);

    private async Task SeedAsync()
    {
        await Articles.EnsureCollectionExistsAsync();
        await Articles.UpsertAsync(Samples);
    }

    private static void ShouldBeAlike(Article? actual, Article expected, bool includesVectors = false)
    {
        actual.ShouldNotBeNull();
        (actual.Key, actual.Text, actual.Number).ShouldBe((expected.Key, expected.Text, expected.Number));
        actual.Vector.ToArray().ShouldBe(includesVectors ? expected.Vector.ToArray() : [], 1e-6);
    }
}
