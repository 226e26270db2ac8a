namespace Semblance.Tests;

/// <summary>Ids, texts and labels are kept exactly, or refused by name.</summary>
public class IndexKeysTests
{
    private static readonly string[] Kept =
    [
        "", " ", "a", "A", "\0", "a\0b", "a\0", "\u0001\u001f\u007f", "é", "e\u0301", "ﬁ", "fi", "\uFEFF", "\uFFFD", "\uFFFE", "\U0001F600", "\U0010FFFF", "42", "042", "-1", "null", "a\nb", "a\r\nb",
        new('x', 100_000), new('文', 70_000),
    ];

    private static readonly string[] Refused = ["\ud800", "\udc00", "a\ud800", "\ud800b", "\udc00\ud800", "x\ud83dy", "\U0001F600\ude00"];

    [Fact]
    public async Task What_is_Unicode_is_kept_exactly()
    {
        using var folder = new IndexFolder();
        float[] vector = [1, 2];
        List<VectorRecord> records =
        [
            .. Kept.Select(text => new VectorRecord(text, vector, text, new Dictionary<string, string> { [text] = text, ["all"] = "yes" })),
            new(42, vector), new(-1, vector), new(long.MaxValue, vector), new(long.MinValue, vector),
        ];
        using (var built = await HnswIndex.BuildAsync(folder.Path, records.Take(12).ToAsyncEnumerable(), new HnswOptions { Attributes = Kept.ToDictionary(text => text) }))
        {
            await built.AddAsync(records[12..]);
            ShouldHold(built);
            await built.CompactAsync();
            ShouldHold(built);
        }

        using var index = HnswIndex.Open(folder.Path);
        ShouldHold(index);
        index.Attributes.ShouldBe(Kept.ToDictionary(text => text), ignoreOrder: true);
        (await index.DeleteAsync(["é", "42"])).ShouldBe(2);
        (await index.GetAsync("e\u0301")).ShouldNotBeNull();
        (await index.GetAsync(42)).ShouldNotBeNull();

        void ShouldHold(HnswIndex index)
        {
            index.Count.ShouldBe(records.Count);
            foreach (var record in records)
            {
                var found = index.GetAsync(record.Id).AsTask().Result!;
                (found.Id, found.Text).ShouldBe((record.Id, record.Text));
                (found.Metadata ?? new Dictionary<string, string>()).ShouldBe(record.Metadata ?? new Dictionary<string, string>(), ignoreOrder: true);
                if (record.Text is { } text)
                {
                    index.Search(vector, new VectorQuery { Filter = VectorFilter.Label(text, text) }).Select(hit => hit.Id).ShouldBe([record.Id]);
                }
            }
        }
    }

    [Fact]
    public async Task Half_of_a_surrogate_pair_is_refused_by_name_wherever_it_stands()
    {
        using var folder = new IndexFolder();
        float[] vector = [1, 2];
        using var index = HnswIndex.Create(folder.Path, 2);
        var good = new VectorRecord("good", vector, "text", new Dictionary<string, string> { ["key"] = "value" });
        foreach (var text in Refused)
        {
            (VectorRecord Bad, string Message)[] cases =
            [
                (good with { Id = text }, "The id '"),
                (good with { Text = text }, "The text with the id 'good'"),
                (good with { Metadata = new Dictionary<string, string> { [text] = "value" } }, "The name of a label ('"),
                (good with { Metadata = new Dictionary<string, string> { ["key"] = text } }, "The label 'key' with the id 'good'"),
            ];
            foreach (var (bad, message) in cases)
            {
                var e = await Should.ThrowAsync<ArgumentException>(index.UpsertAsync([good with { Id = "first" }, bad]));
                e.Message.ShouldStartWith(message);
                e.Message.ShouldContain("lone surrogate");
                e.Message.EnumerateRunes().ShouldNotContain(System.Text.Rune.ReplacementChar, "halves are escaped, so that they can be printed");
                await Should.ThrowAsync<ArgumentException>(index.AddAsync([bad]));
                using var other = new IndexFolder();
                await Should.ThrowAsync<ArgumentException>(HnswIndex.BuildAsync(other.Path, new[] { bad }.ToAsyncEnumerable()));
                HnswIndex.Exists(other.Path).ShouldBeFalse();
            }

            (await Should.ThrowAsync<ArgumentException>(index.DeleteAsync([text]))).Message.ShouldContain("The id '");
            await Should.ThrowAsync<ArgumentException>(async () => await index.GetAsync(text));
            Should.Throw<ArgumentException>(() => VectorFilter.Label(text, "value"));
            Should.Throw<ArgumentException>(() => VectorFilter.Label("key", text)).Message.ShouldContain("'key' to filter by");
            Should.Throw<ArgumentException>(() => VectorFilter.Ids("good", text));
            Should.Throw<ArgumentException>(() => HnswIndex.Create(Path.Combine(folder.Path, "new"), 2, new HnswOptions { Attributes = new Dictionary<string, string> { ["model"] = text } })).Message.ShouldContain("'model'");
        }

        index.Count.ShouldBe(0);
        (await Should.ThrowAsync<ArgumentException>(index.AddAsync([good with { Metadata = new Dictionary<string, string> { ["key"] = null! } }]))).Message.ShouldContain("The label 'key' with the id 'good' has no value");
    }

    [Fact]
    public void Texts_are_shown_so_that_they_can_be_printed()
    {
        StoredText.Escaped("a\ud800b").ShouldBe("a\\ud800b");
        StoredText.Escaped("\U0001F600\n").ShouldBe("\U0001F600\\u000a");
        StoredText.Escaped("").ShouldBe("");
    }

    [Fact]
    public void Of_long_texts_the_beginning_is_shown() => StoredText.Escaped(new string('x', 79) + "\U0001F600" + new string('y', 9)).ShouldBe(new string('x', 79) + "\U0001F600…");
}
