namespace Semblance.Tests.Index;

/// <summary>Filters that compare the values of labels, in the graph and in the log.</summary>
public sealed class LabelFilterTests : IDisposable
{
    private static readonly string?[] Values =
        ["9", "10", "-1.5", "1e3", " 7 ", "9007199254740993", "9007199254740992", "text", "", "Infinity", "NaN", "2020-01-02", "é", "\uffff", "😀", null];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");
    private readonly HnswIndex _index;

    public LabelFilterTests()
    {
        _index = HnswIndex.Create(Path.Combine(_folder.FullName, "index"), 2);
        _index.UpsertAsync([.. Values.Select((value, i) => new VectorRecord(
            i, new float[] { 1, i }, null, value is null ? null : new Dictionary<string, string> { ["other"] = "1", ["value"] = value }))])
            .GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _index.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(LabelComparison.Less, 10, "9|-1.5| 7 ")]
    [InlineData(LabelComparison.LessOrEqual, 10, "9|10|-1.5| 7 ")]
    [InlineData(LabelComparison.Greater, 10, "1e3|9007199254740993|9007199254740992")]
    [InlineData(LabelComparison.GreaterOrEqual, 1000, "1e3|9007199254740993|9007199254740992")]
    public async Task Numbers_are_compared_by_value(LabelComparison comparison, double value, string expected) =>
        await Check(VectorFilter.Compare("value", comparison, value), expected);

    [Fact]
    public async Task Numbers_of_more_digits_than_a_double_has_are_compared_exactly()
    {
        await Check(VectorFilter.Compare("value", LabelComparison.Greater, 9007199254740992m), "9007199254740993");
        await Check(VectorFilter.Compare("value", LabelComparison.GreaterOrEqual, 9007199254740993m), "9007199254740993");
    }

    [Fact]
    public async Task Texts_are_compared_by_code_points()
    {
        await Check(VectorFilter.Compare("value", LabelComparison.GreaterOrEqual, "\uffff"), "\uffff|😀");
        await Check(VectorFilter.Compare("value", LabelComparison.Less, "10"), "-1.5| 7 |");
        await Check(VectorFilter.Compare("value", LabelComparison.LessOrEqual, "10"), "10|-1.5| 7 |");
    }

    [Fact]
    public async Task A_label_is_there_or_not()
    {
        await Check(VectorFilter.HasLabel("value") & VectorFilter.Label("value", ""), "");
        (await _index.ReadAsync(!VectorFilter.HasLabel("value")).CountAsync()).ShouldBe(1);
        (await _index.ReadAsync(VectorFilter.HasLabel("none")).CountAsync()).ShouldBe(0);
    }

    [Fact]
    public void Filters_are_equal_by_what_they_compare()
    {
        VectorFilter.Compare("a", LabelComparison.Less, "1").ShouldBe(new ComparisonFilter("a", LabelComparison.Less, "1"));
        VectorFilter.Compare("a", LabelComparison.Less, "1").ShouldNotBe(VectorFilter.Compare("a", LabelComparison.Less, 1.0));
        VectorFilter.HasLabel("a").ShouldBe(new HasLabelFilter("a"));
        VectorFilter.HasLabel("a").ShouldNotBe(new HasLabelFilter("b"));
        Should.Throw<ArgumentOutOfRangeException>(() => VectorFilter.Compare("a", LabelComparison.Less, double.NaN));
        Should.Throw<ArgumentOutOfRangeException>(() => VectorFilter.Compare("a", (LabelComparison)9, "1"));
        Should.Throw<ArgumentException>(() => VectorFilter.HasLabel("\ud800"));
    }

    private async Task Check(VectorFilter filter, string expected)
    {
        for (var round = 0; round < 2; round++)
        {
            var found = await _index.ReadAsync(filter).Select(record => (int)record.Id.Number).ToListAsync();
            string.Join('|', found.Order().Select(i => Values[i])).ShouldBe(expected);
            _index.Search([1, 1], new VectorQuery { Filter = filter, TopK = 100 }).Select(hit => (int)hit.Id.Number).Order().ShouldBe(found.Order());
            await _index.CompactAsync();
        }
    }
}
