using Microsoft.Extensions.VectorData;

namespace Semblance.Extensions.AI.Tests.VectorStores;

/// <content>Hybrid searches rank by vectors and words.</content>
public abstract partial class VectorStoreCases
{
    private static readonly float[] HybridQuery = [1, 0, 0, 0];

    [CaseFact]
    public async Task Words_raise_records_with_equal_vectors()
    {
        var searchable = await HybridAsync();
        (await Codes(["Grapes"], 3))[0].ShouldBe(3);
        (await Codes(["Grapes"], 3)).Count.ShouldBe(3);
        (await Codes(["Oranges"], 1)).ShouldBe([2]);
        (await Codes(["Oranges"], 3, new() { Filter = r => (int)r["Code"]! == 1 })).ShouldBe([1]);
        (await Codes(["healthy"], 3, new() { Skip = 2 })).ShouldBe([2]);
        var several = await Codes(["tangy", "nourishing"], 3);
        several[..2].Order().ShouldBe([1, 2]);
        several[2].ShouldBe(3);
        var scores = await searchable.HybridSearchAsync(HybridQuery, ["Grapes"], 3).Select(result => result.Score!.Value).ToListAsync();
        (await Codes(["Grapes"], 3, new() { ScoreThreshold = scores[0] })).ShouldBe([3]);

        Task<List<int>> Codes(string[] words, int top, HybridSearchOptions<Dictionary<string, object?>>? options = null) =>
            searchable.HybridSearchAsync(HybridQuery, words, top, options)
                .Select(result => (int)result.Record["Code"]!).ToListAsync().AsTask();
    }

    [CaseFact]
    public async Task Words_follow_changes_of_the_records()
    {
        var searchable = await HybridAsync();
        (await First("Grapes")).ShouldBe(3);
        var collection = (VectorStoreCollection<object, Dictionary<string, object?>>)searchable;
        await collection.UpsertAsync([Fruit(1, "Grapes, and grapes again"), Fruit(3, "Pears"), Fruit(4, "Plums")]);
        (await First("Grapes")).ShouldBe(1);
        (await First("Plums")).ShouldBe(4);
        await collection.DeleteAsync("4");
        (await searchable.HybridSearchAsync(HybridQuery, ["Plums"], 9).CountAsync()).ShouldBe(3);

        async Task<int> First(string word) =>
            (int)(await searchable.HybridSearchAsync(HybridQuery, [word], 1).ToListAsync())[0].Record["Code"]!;
    }

    [CaseFact]
    public async Task A_property_to_search_for_words_is_named_or_the_only_one()
    {
        var several = (IKeywordHybridSearchable<Dictionary<string, object?>>)Store.GetDynamicCollection("texts", new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Key", typeof(string)),
                new VectorStoreDataProperty("Text1", typeof(string)) { IsFullTextIndexed = true },
                new VectorStoreDataProperty("Text2", typeof(string)) { IsFullTextIndexed = true },
                new VectorStoreVectorProperty("Vector", typeof(float[]), 4),
            ],
        });
        var collection = (VectorStoreCollection<object, Dictionary<string, object?>>)several;
        await collection.EnsureCollectionExistsAsync();
        await collection.UpsertAsync(
        [
            new() { ["Key"] = "1", ["Text1"] = "Apples", ["Text2"] = "Oranges", ["Vector"] = HybridQuery },
            new() { ["Key"] = "2", ["Text1"] = "Oranges", ["Text2"] = "Apples", ["Vector"] = HybridQuery },
        ]);
        (await Keys("Apples", r => r["Text1"])).ShouldBe(["1", "2"]);
        (await Keys("Oranges", r => r["Text1"])).ShouldBe(["2", "1"]);
        await Should.ThrowAsync<InvalidOperationException>(() => several.HybridSearchAsync(HybridQuery, ["Apples"], 3).ToListAsync().AsTask());
        if (SearchesAnyText)
        {
            (await Keys("Apples", r => r["Text2"])).ShouldBe(["2", "1"]);
        }
        else
        {
            await Should.ThrowAsync<NotSupportedException>(() => Keys("Apples", r => r["Text2"]));
        }

        Task<List<string>> Keys(string word, System.Linq.Expressions.Expression<Func<Dictionary<string, object?>, object?>> property) =>
            several.HybridSearchAsync(HybridQuery, [word], 4, new() { AdditionalProperty = property })
                .Select(result => (string)result.Record["Key"]!).ToListAsync().AsTask();
    }

    [CaseFact]
    public async Task A_full_text_property_is_filtered_only_if_it_is_indexed()
    {
        var searchable = await HybridAsync();
        (await Should.ThrowAsync<NotSupportedException>(() => searchable.HybridSearchAsync(
            HybridQuery, ["x"], 1, new() { Filter = r => (string)r["Text"]! == "x" }).ToListAsync().AsTask()))
            .Message.ShouldContain("IsIndexed");
    }

    private protected abstract bool SearchesAnyText { get; }

    private async Task<IKeywordHybridSearchable<Dictionary<string, object?>>> HybridAsync()
    {
        var collection = Store.GetDynamicCollection("fruits", new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Key", typeof(string)),
                new VectorStoreDataProperty("Text", typeof(string)) { IsFullTextIndexed = true },
                new VectorStoreDataProperty("Code", typeof(int)) { IsIndexed = true },
                new VectorStoreVectorProperty("Vector", typeof(float[]), 4),
            ],
        });
        await collection.EnsureCollectionExistsAsync();
        await collection.UpsertAsync(
        [
            Fruit(1, "Apples are a healthy and nourishing snack"),
            Fruit(2, "Oranges are tangy and contain vitamin c"),
            Fruit(3, "Grapes are healthy, sweet and juicy"),
        ]);
        (await collection.GetAsync("2"))!["Text"].ShouldBe("Oranges are tangy and contain vitamin c");
        return (IKeywordHybridSearchable<Dictionary<string, object?>>)collection;
    }

    private static Dictionary<string, object?> Fruit(int code, string text) =>
        new() { ["Key"] = $"{code}", ["Text"] = text, ["Code"] = code, ["Vector"] = HybridQuery };
}
