using System.Linq.Expressions;
using Microsoft.Extensions.VectorData;

namespace Semblance.Extensions.AI.Tests.VectorStores;

/// <content>Filters of classes and of dictionaries match what the same expressions match in memory.</content>
public abstract partial class VectorStoreCases
{
    private const string Special = """>with $om[ specia]"chara<ters'and\stuff""";

    private static readonly int Eight = 8;

    [CaseFact]
    public async Task Filters_match_as_in_memory()
    {
        var definition = new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Key", typeof(string)),
                new VectorStoreVectorProperty("Vector", typeof(ReadOnlyMemory<float>?), 3),
                new VectorStoreDataProperty("Int", typeof(int)) { IsIndexed = true },
                new VectorStoreDataProperty("String", typeof(string)) { IsIndexed = true },
                new VectorStoreDataProperty("Bool", typeof(bool)) { IsIndexed = true },
                new VectorStoreDataProperty("Int2", typeof(int)) { IsIndexed = true },
                new VectorStoreDataProperty("StringArray", typeof(string[])) { IsIndexed = true },
                new VectorStoreDataProperty("StringList", typeof(List<string>)) { IsIndexed = true },
            ],
        };
        var collection = Store.GetCollection<string, FilterRecord>("filters", definition);
        var untyped = Store.GetDynamicCollection("filters", definition);
        await collection.EnsureCollectionExistsAsync();
        await collection.UpsertAsync(FilterRecord.All);
        var (captured, none, some, holder) = (8, (string?)null, (int?)8, new { Wrapped = new { Value = 8 } });
        string[] array = ["foo", "baz", "unknown"];
        List<string> tags = ["x", "z", "nonexistent"];
        string[] tagArray = [.. tags];
        var injection = "foo; DROP TABLE filters;";
#pragma warning disable CS8600, CS8605, CS0252, CS0253, CS8602, CS8604 // the expressions are those of users, and are not run
        await Check(r => r.Int == 8, r => (int)r["Int"] == 8);
        await Check(r => r.String == "foo", r => r["String"] == "foo");
        await Check(r => r.String == injection, r => r["String"] == injection);
        await Check(r => r.String == Special, r => r["String"] == Special);
        await Check(r => r.String == "some", r => r["String"] == "some");
        await Check(r => 8 == r.Int, r => 8 == (int)r["Int"]);
        await Check(r => r.String == null, r => r["String"] == null);
        await Check(r => r.String == none, r => r["String"] == none);
        await Check(r => r.Int == some, r => (int)r["Int"] == some);
        await Check(r => r.Int == some.Value, r => (int)r["Int"] == some.Value);
        await Check(r => r.Int != 8, r => (int)r["Int"] != 8);
        await Check(r => r.String != "foo", r => r["String"] != "foo");
        await Check(r => r.String != null, r => r["String"] != null);
        await Check(r => r.String != none, r => r["String"] != none);
        await Check(r => r.Bool, r => (bool)r["Bool"]);
        await Check(r => r.Bool && r.Int2 == 9, r => (bool)r["Bool"] && (int)r["Int2"] == 9);
        await Check(r => r.Bool || !r.Bool, r => (bool)r["Bool"] || !(bool)r["Bool"]);
        await Check(r => r.Int > 9, r => (int)r["Int"] > 9);
        await Check(r => r.Int >= 9, r => (int)r["Int"] >= 9);
        await Check(r => r.Int < 10, r => (int)r["Int"] < 10);
        await Check(r => r.Int <= 10, r => (int)r["Int"] <= 10);
        await Check(r => 10 > r.Int, r => 10 > (int)r["Int"]);
        await Check(r => r.Int2 > 9 && r.Int2 < 101, r => (int)r["Int2"] > 9 && (int)r["Int2"] < 101);
        await Check(r => r.Int == 8 && r.String == "foo", r => (int)r["Int"] == 8 && r["String"] == "foo");
        await Check(r => r.Int == 8 || r.String == "foo", r => (int)r["Int"] == 8 || r["String"] == "foo");
        await Check(r => r.Int == 8 && r.String == "foo" && r.Int2 == 80, r => (int)r["Int"] == 8 && r["String"] == "foo" && (int)r["Int2"] == 80);
        await Check(r => (r.Int == 8 && r.String == "foo") || r.Int2 == 100, r => ((int)r["Int"] == 8 && r["String"] == "foo") || (int)r["Int2"] == 100);
        await Check(r => (r.Int == 8 || r.Int == 9) && r.String == "foo", r => ((int)r["Int"] == 8 || (int)r["Int"] == 9) && r["String"] == "foo");
        await Check(r => !(r.Int == 8), r => !((int)r["Int"] == 8));
        await Check(r => !(r.Int != 8), r => !((int)r["Int"] != 8));
        await Check(r => !(r.Int == 8 && r.String == "foo"), r => !((int)r["Int"] == 8 && r["String"] == "foo"));
        await Check(r => !(r.Int == 8 || r.String == "foo"), r => !((int)r["Int"] == 8 || r["String"] == "foo"));
        await Check(r => !r.Bool, r => !(bool)r["Bool"]);
        await Check(r => !r.Bool && r.Int != int.MaxValue, r => !(bool)r["Bool"] && (int)r["Int"] != int.MaxValue);
        await Check(r => r.StringArray.Contains("x"), r => ((string[])r["StringArray"]).Contains("x"));
        await Check(r => r.StringList.Contains("x"), r => ((List<string>)r["StringList"]).Contains("x"));
        await Check(r => !r.StringList.Contains("x"), r => !((List<string>)r["StringList"]).Contains("x"));
        await Check(r => new[] { 8, 10 }.Contains(r.Int), r => new[] { 8, 10 }.Contains((int)r["Int"]));
        await Check(r => new[] { "foo", "un  , ' \"" }.Contains(r.String), r => new[] { "foo", "un  , ' \"" }.Contains(r["String"]));
        await Check(r => array.Contains(r.String), r => array.Contains(r["String"]));
        await Check(r => Enumerable.Contains(r.StringArray, "x"), r => ((string[])r["StringArray"]).Contains("x"));
        await Check(r => r.StringArray.Any(s => new[] { "x", "z" }.Contains(s)), r => ((string[])r["StringArray"]).Any(s => new[] { "x", "z" }.Contains(s)));
        await Check(r => r.StringArray.Any(s => tagArray.Contains(s)), r => ((string[])r["StringArray"]).Any(s => tagArray.Contains(s)));
        await Check(r => r.StringArray.Any(s => tags.Contains(s)), r => ((string[])r["StringArray"]).Any(s => tags.Contains(s)));
        await Check(r => r.StringList.Any(s => tagArray.Contains(s)), r => ((List<string>)r["StringList"]).Any(s => tagArray.Contains(s)));
        await Check(r => r.Int == captured, r => (int)r["Int"] == captured);
        await Check(r => r.Int == Eight, r => (int)r["Int"] == Eight);
        await Check(r => r.Int == holder.Wrapped.Value, r => (int)r["Int"] == holder.Wrapped.Value);
        await Check(r => r.Key == "2", r => (string)r["Key"] == "2");
        await Check(r => r.Key != "2", r => (string)r["Key"] != "2");
        await Check(r => new[] { "1", "3", "none" }.Contains(r.Key), r => new[] { "1", "3", "none" }.Contains(r["Key"]));
        await Check(r => true, r => true);
        await Check(r => false, r => false);
#pragma warning restore
        int? missing = null;
        await Should.ThrowAsync<InvalidOperationException>(() => Search(collection, r => r.Int == missing!.Value));
        await Should.ThrowAsync<InvalidOperationException>(() => Search(untyped, r => (string)r["String = \"not\"; DROP TABLE filters;"]! == ""));
        (await Should.ThrowAsync<NotSupportedException>(() => Search(collection, r => r.String!.StartsWith('f')))).Message.ShouldContain("Contains");
        (await Should.ThrowAsync<NotSupportedException>(() => Search(collection, r => r.Int == r.Int2))).Message.ShouldContain("is not supported");

        async Task Check(Expression<Func<FilterRecord, bool>> typed, Expression<Func<Dictionary<string, object?>, bool>> dynamic)
        {
            var expected = Joined(FilterRecord.All.AsQueryable().Where(typed).Select(record => record.Key));
            Joined((await Search(collection, typed)).Select(record => record.Key)).ShouldBe(expected, typed.ToString());
            Joined((await Search(untyped, dynamic)).Select(record => (string)record["Key"]!)).ShouldBe(expected, dynamic.ToString());
            Joined(await collection.GetAsync(typed, 10).Select(record => record.Key).ToListAsync()).ShouldBe(expected, typed.ToString());
        }

        static string Joined(IEnumerable<string> keys) => string.Join(' ', keys.Order());

        static Task<List<TRecord>> Search<TKey, TRecord>(VectorStoreCollection<TKey, TRecord> from, Expression<Func<TRecord, bool>> filter)
            where TKey : notnull
            where TRecord : class =>
            from.SearchAsync(new float[] { 1, 2, 3 }, 10, new VectorSearchOptions<TRecord> { Filter = filter })
                .Select(result => result.Record).ToListAsync().AsTask();
    }

    private sealed class FilterRecord
    {
        public string Key { get; set; } = "";

        public ReadOnlyMemory<float>? Vector { get; set; } = new float[] { 1, 2, 3 };

        public int Int { get; set; }

        public string? String { get; set; }

        public bool Bool { get; set; }

        public int Int2 { get; set; }

        public string[] StringArray { get; set; } = [];

        public List<string> StringList { get; set; } = [];

        public static FilterRecord[] All =>
        [
            new() { Key = "1", Int = 8, String = "foo", Bool = true, Int2 = 80, StringArray = ["x", "y"], StringList = ["x", "y"] },
            new() { Key = "2", Int = 9, String = "bar", Bool = false, Int2 = 90, StringArray = ["a", "b"], StringList = ["a", "b"] },
            new() { Key = "3", Int = 9, String = "foo", Bool = true, Int2 = 9, StringArray = ["x"], StringList = ["x"] },
            new() { Key = "4", Int = 10, String = null, Bool = false, Int2 = 100, StringArray = ["x", "y", "z"], StringList = ["x", "y", "z"] },
            new() { Key = "5", Int = 11, String = Special, Bool = true, Int2 = 101, StringArray = ["y", "z"], StringList = ["y", "z"] },
        ];
    }
}
