using Microsoft.Extensions.VectorData;

namespace Semblance.Extensions.AI.Tests.VectorStores;

/// <content>Records are written, read, deleted and searched.</content>
public abstract partial class VectorStoreCases
{
    [CaseTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Records_are_read_by_their_keys(bool includesVectors)
    {
        await SeedAsync();
        var options = new RecordRetrievalOptions { IncludeVectors = includesVectors };
        ShouldBeAlike(await Articles.GetAsync("a", options), Samples[0], includesVectors);
        (await Articles.GetAsync("missing", options)).ShouldBeNull();
        var several = await Articles.GetAsync(["a", "missing", "b"], options).ToListAsync();
        several.Count.ShouldBe(2);
        ShouldBeAlike(several[1], Samples[1], includesVectors);
        (await Articles.GetAsync(Array.Empty<string>()).ToListAsync()).ShouldBeEmpty();
        (await Should.ThrowAsync<ArgumentNullException>(() => Articles.GetAsync((string)null!))).ParamName.ShouldBe("key");
        (await Should.ThrowAsync<ArgumentNullException>(
            () => Articles.GetAsync((IEnumerable<string>)null!).ToListAsync().AsTask())).ParamName.ShouldBe("keys");
    }

    [CaseTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Records_are_read_by_a_filter(bool includesVectors)
    {
        await SeedAsync();
        var options = new FilteredRecordRetrievalOptions<Article> { IncludeVectors = includesVectors };
        ShouldBeAlike(
            (await Articles.GetAsync(article => article.Number == 1, 2, options).ToListAsync()).ShouldHaveSingleItem(), Samples[0], includesVectors);
        (await Articles.GetAsync(article => true, 100).CountAsync()).ShouldBe(3);
        (await Articles.GetAsync(article => true, 2).CountAsync()).ShouldBe(2);
    }

    [CaseFact]
    public async Task Records_are_read_in_an_order()
    {
        await SeedAsync();
        (await Numbers(order => order.Ascending(article => article.Number))).ShouldBe([2, 3]);
        (await Numbers(order => order.Descending(article => article.Number))).ShouldBe([3, 2]);
        (await Numbers(order => order.Ascending(article => article.Number), skip: 1)).ShouldBe([3]);
        (await Numbers(order => order.Descending(article => article.Text).Ascending(article => article.Number))).ShouldBe([3, 2]);
        (await Numbers(order => order.Descending(article => article.Key))).ShouldBe([3, 2]);

        Task<List<int>> Numbers(
            Func<FilteredRecordRetrievalOptions<Article>.OrderByDefinition, FilteredRecordRetrievalOptions<Article>.OrderByDefinition> order,
            int skip = 0) =>
            Articles.GetAsync(
                article => article.Number > 1, 2, new FilteredRecordRetrievalOptions<Article> { OrderBy = order, Skip = skip })
                .Select(article => article.Number).ToListAsync().AsTask();
    }

    [CaseFact]
    public async Task Records_are_inserted_and_replaced()
    {
        await SeedAsync();
        Article[] written =
        [
            new() { Key = "d", Number = 100, Text = "new", Vector = new float[] { 10, 0, 1 } },
            new() { Key = "a", Number = 101, Text = null, Vector = new float[] { 10, 0, 2 } },
        ];
        await Articles.UpsertAsync(written);
        var read = await Articles.GetAsync(["d", "a"], new RecordRetrievalOptions { IncludeVectors = true }).ToListAsync();
        ShouldBeAlike(read[0], written[0], includesVectors: true);
        ShouldBeAlike(read[1], written[1], includesVectors: true);
        (await Articles.GetAsync(article => true, 100).CountAsync()).ShouldBe(4);
        await Articles.UpsertAsync([]);
        (await Should.ThrowAsync<ArgumentNullException>(() => Articles.UpsertAsync((IEnumerable<Article>)null!))).ParamName.ShouldBe("records");
    }

    [CaseFact]
    public async Task Of_records_with_one_key_the_last_counts()
    {
        await SeedAsync();
        await Articles.UpsertAsync([Samples[1], new Article { Key = "b", Number = 7, Vector = new float[] { 1, 1, 1 } }]);
        (await Articles.GetAsync("b"))!.Number.ShouldBe(7);
    }

    [CaseFact]
    public async Task Records_are_deleted()
    {
        await SeedAsync();
        await Articles.DeleteAsync("a");
        (await Articles.GetAsync("a")).ShouldBeNull();
        await Articles.DeleteAsync("missing");
        await Articles.DeleteAsync([]);
        (await Articles.GetAsync(article => true, 100).CountAsync()).ShouldBe(2);
        await Articles.DeleteAsync(["b", "c"]);
        (await Articles.GetAsync(article => true, 100).CountAsync()).ShouldBe(0);
        (await Should.ThrowAsync<ArgumentNullException>(() => Articles.DeleteAsync((IEnumerable<string>)null!))).ParamName.ShouldBe("keys");
    }

    [CaseTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_nearest_records_are_found(bool includesVectors)
    {
        await SeedAsync();
        var results = await Articles.SearchAsync(
            Samples[0].Vector, 2, new VectorSearchOptions<Article> { IncludeVectors = includesVectors }).ToListAsync();
        results.Count.ShouldBe(2);
        ShouldBeAlike(results[0].Record, Samples[0], includesVectors);
        results[0].Score!.Value.ShouldBe(1, 1e-6);
        ShouldBeAlike(results[1].Record, Samples[1], includesVectors);
        var skipped = await Articles.SearchAsync(Samples[0].Vector, 1, new VectorSearchOptions<Article> { Skip = 1 }).ToListAsync();
        ShouldBeAlike(skipped.ShouldHaveSingleItem().Record, Samples[1]);
        var filtered = await Articles.SearchAsync(
            Samples[0].Vector, 1, new VectorSearchOptions<Article> { Filter = article => article.Number == 2 }).ToListAsync();
        ShouldBeAlike(filtered.ShouldHaveSingleItem().Record, Samples[1]);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Articles.SearchAsync(Samples[0].Vector, 0).ToListAsync().AsTask());
    }

    [CaseFact]
    public async Task Pages_of_results_follow_each_other()
    {
        await Articles.EnsureCollectionExistsAsync();
        await Articles.UpsertAsync(Enumerable.Range(0, 25).Select(
            i => new Article { Key = $"{i}", Number = i, Vector = new float[] { 1, i, 0 } }));
        var all = await Page(25, 0);
        all.ShouldBe(Enumerable.Range(0, 25));
        (await Page(10, 0)).Concat(await Page(10, 10)).Concat(await Page(10, 20)).ShouldBe(all);

        Task<List<int>> Page(int top, int skip) =>
            Articles.SearchAsync(new float[] { 1, 0, 0 }, top, new VectorSearchOptions<Article> { Skip = skip })
                .Select(result => result.Record.Number).ToListAsync().AsTask();
    }

    [CaseFact]
    public async Task A_canceled_search_ends()
    {
        await SeedAsync();
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(
            () => Articles.SearchAsync(Samples[0].Vector, 1, cancellationToken: source.Token).ToListAsync().AsTask());
        await Should.ThrowAsync<OperationCanceledException>(() => Articles.UpsertAsync(Samples[0], source.Token));
    }
}
