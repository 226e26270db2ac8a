using System.Linq.Expressions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace Semblance.Extensions.AI.Tests.VectorStores;

/// <content>Keys, data and vectors of every supported type are read as they were written.</content>
public abstract partial class VectorStoreCases
{
    public static TheoryData<object, object> DataValues => new()
    {
        { (byte)8, (byte)9 },
        { (short)8, (short)-9 },
        { 8, 9 },
        { 8L, long.MaxValue },
        { 8.5f, 0.1f },
        { 8.5, 1e300 },
        { 8.50m, 79228162514264337593543950335m },
        { "foo", "" },
        { true, false },
        { new Guid("603840bf-cf91-4521-8b8e-8b6a2e75910a"), Guid.Empty },
        { new DateTime(2020, 1, 1, 12, 30, 45), new DateTime(2021, 2, 3, 13, 40, 55) },
        { new DateTime(2020, 1, 1, 12, 30, 45, DateTimeKind.Utc), new DateTime(2021, 2, 3, 13, 40, 55, DateTimeKind.Utc) },
        { new DateTimeOffset(2020, 1, 1, 12, 30, 45, TimeSpan.FromHours(2)), new DateTimeOffset(2021, 2, 3, 13, 40, 55, TimeSpan.FromHours(3)) },
        { new DateOnly(2020, 1, 1), new DateOnly(2021, 2, 3) },
        { new TimeOnly(12, 30, 45), new TimeOnly(13, 40, 55) },
        { new[] { "foo", "bar" }, new[] { "foo", "baz" } },
        { new List<string> { "foo" }, new List<string>() },
    };

    [CaseTheory]
    [MemberData(nameof(DataValues))]
    public async Task Data_of_every_type_is_stored_and_filtered(object value, object other)
    {
        var type = value.GetType().IsValueType ? typeof(Nullable<>).MakeGenericType(value.GetType()) : value.GetType();
        var collection = Store.GetDynamicCollection("types", new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Key", typeof(string)),
                new VectorStoreDataProperty("Value", type) { IsIndexed = true },
                new VectorStoreVectorProperty("Vector", typeof(float[]), 2),
            ],
        });
        await collection.EnsureCollectionExistsAsync();
        await collection.UpsertAsync([Record("main", value), Record("other", other), Record("null", null)]);
        var read = (await collection.GetAsync("main"))!["Value"];
        read.ShouldBe(value);
        read!.GetType().ShouldBe(value.GetType());
        (await collection.GetAsync("other"))!["Value"].ShouldBe(other);
        (await collection.GetAsync("null"))!["Value"].ShouldBeNull();

        var parameter = Expression.Parameter(typeof(Dictionary<string, object?>), "r");
        var property = Expression.Convert(
            Expression.Call(parameter, typeof(Dictionary<string, object?>).GetMethod("get_Item")!, Expression.Constant("Value")), type);
        (await Keys(Expression.Equal(property, Expression.Constant(value, type)))).ShouldBe(["main"]);
        (await Keys(Expression.Equal(property, Expression.Constant(null, type)))).ShouldBe(["null"]);
        if (value is IComparable comparable and not (string or bool or Guid))
        {
            var isLess = comparable.CompareTo(other) < 0;
            (await Keys(Expression.LessThan(Number(property), Number(Expression.Constant(other, type)))))
                .ShouldBe(isLess ? ["main"] : []);
            (await Keys(Expression.GreaterThan(Number(property), Number(Expression.Constant(other, type)))))
                .ShouldBe(isLess ? [] : ["main"]);
        }

        await collection.EnsureCollectionDeletedAsync();

        async Task<List<string>> Keys(Expression condition)
        {
            var filter = Expression.Lambda<Func<Dictionary<string, object?>, bool>>(condition, parameter);
            return await collection.SearchAsync(new float[] { 1, 2 }, 10, new VectorSearchOptions<Dictionary<string, object?>> { Filter = filter })
                .Select(result => (string)result.Record["Key"]!).Order().ToListAsync();
        }

        static Dictionary<string, object?> Record(string key, object? value) =>
            new() { ["Key"] = key, ["Value"] = value, ["Vector"] = new float[] { 1, 2 } };

        // As the compiler does it: expressions have no comparison of bytes.
        static Expression Number(Expression value) => value;
    }

    [CaseFact]
    public async Task Keys_have_four_types()
    {
        await Check("text", "42");
        await Check(42, -1);
        await Check(42L, long.MinValue);
        await Check(new Guid("603840bf-cf91-4521-8b8e-8b6a2e75910a"), new Guid("e9a97807-8cf0-4741-8ce3-82df676ca0f0"));
        Should.Throw<NotSupportedException>(() => Store.GetDynamicCollection("keys", KeyDefinition(typeof(double), null)));
        Should.Throw<NotSupportedException>(() => Store.GetDynamicCollection("keys", KeyDefinition(typeof(string), true)));
        Should.Throw<InvalidOperationException>(() => Store.GetCollection<Guid, Article>("keys"));

        async Task Check(object first, object second)
        {
            var collection = Store.GetDynamicCollection("keys", KeyDefinition(first.GetType(), false));
            await collection.EnsureCollectionExistsAsync();
            await collection.UpsertAsync([Record(first, 8), Record(second, 9)]);
            (await collection.GetAsync(first))!["Int"].ShouldBe(8);
            var both = await collection.GetAsync([first, second]).ToListAsync();
            both.Select(record => record["Key"]).ShouldBe([first, second]);
            await collection.DeleteAsync([first]);
            (await collection.GetAsync(first)).ShouldBeNull();
            await Should.ThrowAsync<ArgumentException>(() => collection.GetAsync(1.5));
            await collection.EnsureCollectionDeletedAsync();
        }
    }

    [CaseFact]
    public async Task A_key_of_a_new_record_is_generated()
    {
        var collection = Store.GetDynamicCollection("generated", KeyDefinition(typeof(Guid), null));
        await collection.EnsureCollectionExistsAsync();
        var records = new[] { Record(Guid.Empty, 1), Record(Guid.Empty, 2), Record(Guid.NewGuid(), 3) };
        var kept = records[2]["Key"];
        await collection.UpsertAsync(records);
        records[0]["Key"].ShouldNotBe(Guid.Empty);
        records[0]["Key"].ShouldNotBe(records[1]["Key"]);
        records[2]["Key"].ShouldBe(kept);
        (await collection.GetAsync(records.Select(record => record["Key"]!)).CountAsync()).ShouldBe(3);
    }

    [CaseFact]
    public async Task Vectors_have_three_types()
    {
        var collection = Store.GetDynamicCollection("vectors", new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Key", typeof(string)),
                new VectorStoreVectorProperty("Memory", typeof(ReadOnlyMemory<float>), 2),
                new VectorStoreVectorProperty("Array", typeof(float[]), 3),
                new VectorStoreVectorProperty("Embedding", typeof(Embedding<float>), 4),
                new VectorStoreDataProperty("Number", typeof(int)),
            ],
        });
        await collection.EnsureCollectionExistsAsync();
        await collection.UpsertAsync([Record("a", 1), Record("b", 2)]);
        var read = (await collection.GetAsync("b", new RecordRetrievalOptions { IncludeVectors = true }))!;
        ((ReadOnlyMemory<float>)read["Memory"]!).ToArray().ShouldBe([2, 1], 1e-6);
        ((float[])read["Array"]!).ShouldBe([2, 1, 1], 1e-6);
        ((Embedding<float>)read["Embedding"]!).Vector.ToArray().ShouldBe([2, 1, 1, 1], 1e-6);

        // Each property is searched by itself.
        foreach (var (name, query) in new (string, object)[]
            { ("Memory", new float[] { 2, 1 }), ("Array", new float[] { 2, 1, 1 }), ("Embedding", new Embedding<float>(new float[] { 2, 1, 1, 1 })) })
        {
            var found = await collection.SearchAsync(
                query, 1, new VectorSearchOptions<Dictionary<string, object?>> { VectorProperty = r => r[name] }).ToListAsync();
            found.ShouldHaveSingleItem().Record["Key"].ShouldBe("b");
        }

        await Should.ThrowAsync<InvalidOperationException>(() => collection.SearchAsync(new float[] { 2, 1 }, 1).ToListAsync().AsTask());
        await Should.ThrowAsync<ArgumentException>(() => collection.UpsertAsync(new Dictionary<string, object?> { ["Key"] = "c" }));
        (await Store.ListCollectionNamesAsync().ToListAsync()).ShouldBe(["vectors"]);
        await collection.DeleteAsync("b");
        (await collection.SearchAsync(
            new float[] { 2, 1 }, 5, new VectorSearchOptions<Dictionary<string, object?>> { VectorProperty = r => r["Memory"] }).ToListAsync())
            .ShouldHaveSingleItem().Record["Key"].ShouldBe("a");
        await collection.EnsureCollectionDeletedAsync();
        (await Store.ListCollectionNamesAsync().ToListAsync()).ShouldBeEmpty();

        static Dictionary<string, object?> Record(string key, float first) => new()
        {
            ["Key"] = key,
            ["Memory"] = (ReadOnlyMemory<float>)new float[] { first, 1 },
            ["Array"] = new float[] { first, 1, 1 },
            ["Embedding"] = new Embedding<float>(new float[] { first, 1, 1, 1 }),
            ["Number"] = (int)first,
        };
    }

    [CaseFact]
    public async Task Records_need_neither_vectors_nor_data()
    {
        var noVector = Store.GetDynamicCollection("no-vector", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Key", typeof(string)), new VectorStoreDataProperty("Number", typeof(int))],
        });
        await noVector.EnsureCollectionExistsAsync();
        await noVector.UpsertAsync(Enumerable.Range(0, 3).Select(i => new Dictionary<string, object?> { ["Key"] = $"{i}", ["Number"] = i }));
        (await noVector.GetAsync("2"))!["Number"].ShouldBe(2);
        (await noVector.GetAsync(r => (int)r["Number"]! >= 1, 10).CountAsync()).ShouldBe(2);
        await Should.ThrowAsync<InvalidOperationException>(() => noVector.SearchAsync(new float[] { 1 }, 1).ToListAsync().AsTask());

        var noData = Store.GetDynamicCollection("no-data", new VectorStoreCollectionDefinition
        {
            Properties = [new VectorStoreKeyProperty("Key", typeof(string)), new VectorStoreVectorProperty("Vector", typeof(float[]), 2)],
        });
        await noData.EnsureCollectionExistsAsync();
        await noData.UpsertAsync(new Dictionary<string, object?> { ["Key"] = "a", ["Vector"] = new float[] { 3, 4 } });
        var found = await noData.SearchAsync(
            new float[] { 3, 4 }, 1, new VectorSearchOptions<Dictionary<string, object?>> { IncludeVectors = true }).ToListAsync();
        ((float[])found.ShouldHaveSingleItem().Record["Vector"]!).ShouldBe([3, 4], 1e-6);
    }

    [CaseTheory]
    [InlineData(DistanceFunction.CosineDistance, 0, 2, 1)]
    [InlineData(DistanceFunction.CosineSimilarity, 1, -1, 0)]
    [InlineData(DistanceFunction.DotProductSimilarity, 1, -1, 0)]
    [InlineData(DistanceFunction.NegativeDotProductSimilarity, -1, 1, 0)]
    [InlineData(DistanceFunction.EuclideanDistance, 0, 2, 1.7320508)]
    [InlineData(DistanceFunction.EuclideanSquaredDistance, 0, 4, 3)]
    public async Task Scores_and_thresholds_are_those_of_the_distance_function(string function, double exact, double opposite, double orthogonal)
    {
        foreach (var kind in new[] { IndexKind.Hnsw, IndexKind.Flat })
        {
            var collection = Store.GetDynamicCollection("distances", new VectorStoreCollectionDefinition
            {
                Properties =
                [
                    new VectorStoreKeyProperty("Key", typeof(string)),
                    new VectorStoreVectorProperty("Vector", typeof(float[]), 4) { DistanceFunction = function, IndexKind = kind },
                ],
            });
            await collection.EnsureCollectionExistsAsync();
            await collection.UpsertAsync(
            [
                new() { ["Key"] = "exact", ["Vector"] = new float[] { 1, 0, 0, 0 } },
                new() { ["Key"] = "opposite", ["Vector"] = new float[] { -1, 0, 0, 0 } },
                new() { ["Key"] = "orthogonal", ["Vector"] = new float[] { 0, -1, -1, 0 } },
            ]);
            var results = await Search(null);
            results.Select(result => (string)result.Record["Key"]!).ShouldBe(["exact", "orthogonal", "opposite"]);
            results.Select(result => result.Score!.Value).ShouldBe([exact, orthogonal, opposite], 1e-4);
            (await Search(results[1].Score)).Select(result => (string)result.Record["Key"]!).ShouldBe(["exact", "orthogonal"]);
            await collection.EnsureCollectionDeletedAsync();

            Task<List<VectorSearchResult<Dictionary<string, object?>>>> Search(double? threshold) => collection.SearchAsync(
                new float[] { 1, 0, 0, 0 }, 3, new VectorSearchOptions<Dictionary<string, object?>> { ScoreThreshold = threshold })
                .ToListAsync().AsTask();
        }

        Should.Throw<NotSupportedException>(() => Store.GetDynamicCollection("hamming", new VectorStoreCollectionDefinition
        {
            Properties =
            [
                new VectorStoreKeyProperty("Key", typeof(string)),
                new VectorStoreVectorProperty("Vector", typeof(float[]), 4) { DistanceFunction = DistanceFunction.HammingDistance },
            ],
        })).Message.ShouldContain(DistanceFunction.CosineSimilarity);
    }

    private static VectorStoreCollectionDefinition KeyDefinition(Type type, bool? isGenerated) => new()
    {
        Properties =
        [
            new VectorStoreKeyProperty("Key", type) { IsAutoGenerated = isGenerated },
            new VectorStoreDataProperty("Int", typeof(int)),
            new VectorStoreVectorProperty("Vector", typeof(float[]), 2),
        ],
    };

    private static Dictionary<string, object?> Record(object key, int number) =>
        new() { ["Key"] = key, ["Int"] = number, ["Vector"] = new float[] { 1, number } };
}
