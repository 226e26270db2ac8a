using System.Globalization;

namespace Semblance.Postgres.Tests;

[Collection(PostgresTests.Name)]
public class PostgresIndexTests(PostgresServer server)
{
    [PostgresTheory]
    [InlineData(1, SimilarityFunction.Cosine, PostgresStorage.Float32, PostgresMethod.Exact)]
    [InlineData(2, SimilarityFunction.DotProduct, PostgresStorage.Float32, PostgresMethod.Exact)]
    [InlineData(3, SimilarityFunction.Euclidean, PostgresStorage.Float32, PostgresMethod.Hnsw)]
    [InlineData(4, SimilarityFunction.Manhattan, PostgresStorage.Float32, PostgresMethod.Hnsw)]
    [InlineData(5, SimilarityFunction.Cosine, PostgresStorage.Binary, PostgresMethod.Hnsw)]
    [InlineData(6, SimilarityFunction.Euclidean, PostgresStorage.Float32, PostgresMethod.IvfFlat)]
    public async Task Any_sequence_of_changes_leaves_what_a_dictionary_would_hold(int seed, SimilarityFunction similarity, PostgresStorage storage, PostgresMethod method)
    {
        var random = new Random(seed);
        var dimension = random.Next(2, 24);
        var reference = new Dictionary<VectorId, VectorRecord>();
        await using var made = await server.CreateAsync(
            dimension, new PostgresIndexOptions { Similarity = similarity, Storage = storage, Method = method, TextSearch = "simple", Bigrams = seed % 2 == 0 },
            new PostgresAccess { Loading = PostgresServer.Loadings[seed % 2] });
        var index = made.Index;
        for (var step = 0; step < 14; step++)
        {
            var records = Enumerable.Range(0, random.Next(1, 30)).Select(_ => Record()).DistinctBy(record => record.Id).ToList();
            switch (random.Next(4))
            {
                case 0 when records.Find(record => reference.ContainsKey(record.Id)) is null:
                    await index.AddAsync(records);
                    records.ForEach(record => reference[record.Id] = record);
                    break;
                case 0:
                    (await Should.ThrowAsync<ArgumentException>(() => index.AddAsync(records))).Message.ShouldContain("is in the index already");
                    break;
                case 1:
                    var ids = records.Select(record => record.Id).ToList();
                    (await index.DeleteAsync(ids)).ShouldBe(ids.Count(reference.Remove));
                    break;
                default:
                    await index.UpsertAsync(records);
                    records.ForEach(record => reference[record.Id] = record);
                    break;
            }
        }

        if (method == PostgresMethod.IvfFlat)
        {
            await index.ReindexAsync();
        }

        var opened = await PostgresIndex.OpenAsync(server.Source, index.Name);
        (opened.Dimension, opened.Similarity, await opened.CountAsync()).ShouldBe((dimension, similarity, reference.Count));
        (await opened.LargestNumberAsync()).ShouldBe(reference.Keys.Where(id => id.Text is null).Max(id => (long?)id.Number));
        var read = await opened.ReadAsync().ToDictionaryAsync(record => record.Id);
        read.Keys.ShouldBe(reference.Keys, ignoreOrder: true);
        foreach (var (id, record) in reference)
        {
            var length = similarity == SimilarityFunction.Cosine ? Math.Sqrt(record.Vector.ToArray().Sum(value => (double)value * value)) : 1;
            read[id].Vector.ToArray().ShouldBe(record.Vector.ToArray().Select(value => (float)(value / length)), 1e-7);
            read[id].Text.ShouldBe(record.Text);
            (read[id].Metadata ?? new Dictionary<string, string>()).ShouldBe(record.Metadata ?? new Dictionary<string, string>(), ignoreOrder: true);
        }

        for (var i = 0; i < 5; i++)
        {
            var query = TestIndex.Vector(random, dimension);
            var hits = await opened.SearchAsync(query, new VectorQuery { TopK = 7, Exact = true });
            hits.Select(hit => hit.Id).ShouldBe(TestIndex.Nearest(reference.Values, query, similarity, 7));
            foreach (var hit in hits)
            {
                hit.Score.ShouldBe(Similarity.Of(query, reference[hit.Id].Vector.Span, similarity), 1e-4f);
                hit.Text.ShouldBe(reference[hit.Id].Text);
            }
        }

        VectorRecord Record() => new(
            random.Next(2) == 0 ? random.Next(40) : random.Next(40).ToString(CultureInfo.InvariantCulture),
            TestIndex.Vector(random, dimension),
            random.Next(3) == 0 ? null : $"a text, 一段文字 {random.Next()}",
            random.Next(3) == 0 ? null : new Dictionary<string, string> { ["a"] = $"{random.Next(3)}", ["b"] = "\"\\ü" });
    }

    [PostgresFact]
    public async Task Both_ways_of_loading_keep_the_same()
    {
        var records = TestIndex.Records(8, 1500, 33);
        foreach (var storage in Enum.GetValues<PostgresStorage>())
        {
            var options = new PostgresIndexOptions { Storage = storage, Similarity = SimilarityFunction.DotProduct, Method = PostgresMethod.Exact, TextSearch = "simple", Bigrams = true };
            foreach (var loading in PostgresServer.Loadings)
            {
                await using var made = await server.BuildAsync(records, options, new PostgresAccess { Loading = loading });
                await made.Index.UpsertAsync([.. records.Take(700).Select(record => record with { Text = "another" })]);
                var kept = await made.Index.ReadAsync().ToDictionaryAsync(record => record.Id);
                kept.Count.ShouldBe(records.Count);
                foreach (var (i, record) in records.Index())
                {
                    kept[record.Id].Vector.ToArray().ShouldBe(storage == PostgresStorage.Float16 ? [.. record.Vector.ToArray().Select(value => (float)(Half)value)] : record.Vector.ToArray());
                    kept[record.Id].Text.ShouldBe(i < 700 ? "another" : record.Text);
                }
            }
        }
    }

    [PostgresFact]
    public async Task A_number_and_a_text_are_different_ids()
    {
        await using var made = await server.CreateAsync(2);
        await made.Index.AddAsync([new(42, new float[] { 1, 0 }, "number"), new("42", new float[] { 0, 1 }, "text"), new(long.MinValue, new float[] { 1, 1 })]);
        (await made.Index.GetAsync(42))!.Text.ShouldBe("number");
        (await made.Index.GetAsync("42"))!.Text.ShouldBe("text");
        (await made.Index.GetAsync(long.MinValue))!.Vector.ToArray().ShouldBe([MathF.Sqrt(0.5f), MathF.Sqrt(0.5f)], 1e-6);
        (await made.Index.GetAsync(43)).ShouldBeNull();
        (await made.Index.DeleteAsync([42, 7, "7"])).ShouldBe(1);
        (await made.Index.CountAsync()).ShouldBe(2);
    }

    [PostgresFact]
    public async Task What_a_vector_index_or_PostgreSQL_cannot_keep_is_refused_before_anything_is_sent()
    {
        await using var made = await server.CreateAsync(2, new PostgresIndexOptions { Storage = PostgresStorage.Float16, Similarity = SimilarityFunction.DotProduct });
        var good = new VectorRecord("good", new float[] { 1, 2 });
        (VectorRecord Bad, string Message)[] cases =
        [
            (good with { Vector = new float[] { 1, float.NaN } }, "not a finite number"),
            (good with { Vector = new float[] { 1, float.PositiveInfinity } }, "not a finite number"),
            (good with { Vector = new float[] { 1, 2, 3 } }, "has 3 elements"),
            (good with { Vector = new float[] { 1, 70_000 } }, "65,504"),
            (good with { Id = "a\0b" }, "U+0000"),
            (good with { Id = "a\ud800b" }, "surrogate"),
            (good with { Id = new string('x', 3000) }, "3,000 bytes"),
            (good with { Text = "a\0b" }, "U+0000"),
            (good with { Metadata = new Dictionary<string, string> { ["k\0"] = "v" } }, "U+0000"),
            (good with { Metadata = new Dictionary<string, string> { ["k"] = "\udc00" } }, "surrogate"),
            (good with { Id = new string('x', 39) + "\U0001F600" + new string('x', 3000) }, "\U0001F600"),
            (good with { Id = "a\ud800b" }, "'a\\ud800b'"),
            (good with { Id = "a\0b" }, "'a\\u0000b'"),
            (good with { Metadata = new Dictionary<string, string> { ["k"] = null! } }, "The label 'k' with the id 'good' has no value"),
            (good, "comes twice"),
        ];
        foreach (var (bad, message) in cases)
        {
            (await Should.ThrowAsync<ArgumentException>(() => made.Index.UpsertAsync([good, bad]))).Message.ShouldContain(message);
            (await Should.ThrowAsync<ArgumentException>(() => made.Index.AddAsync([good, bad]))).Message.ShouldContain(message);
        }

        (await Should.ThrowAsync<ArgumentException>(async () => await made.Index.SearchAsync(new float[] { 1, float.NaN }))).Message.ShouldContain("The query");
        (await Should.ThrowAsync<ArgumentException>(async () => await made.Index.SearchAsync(new float[3]))).Message.ShouldContain("3 elements");
        await Should.ThrowAsync<ArgumentException>(async () => await made.Index.SearchAsync(new float[2], new VectorQuery { TopK = 0 }));
        await Should.ThrowAsync<ArgumentException>(async () => await made.Index.SearchAsync(new float[2], new PostgresQuery { Probes = 0 }));
        await Should.ThrowAsync<ArgumentException>(async () => await made.Index.SearchAsync(new float[2], new PostgresQuery { MaxScanTuples = 0 }));
        (await made.Index.CountAsync()).ShouldBe(0);
    }

    [PostgresFact]
    public async Task Whatever_stands_in_names_ids_texts_and_labels_is_data()
    {
        var name = "it's \"quoted\"; drop table x; --";
        await PostgresIndex.DropAsync(server.Source, name);
        string[] attacks = ["'; drop table semblance_index; --", "\"", "\\", "$1", "{}", "[1]", "null", "1", "true", "%s", "\\u0041", "a'||'b", "\n\t", "'') or (true", "\u2028</script>", "😀"];
        var index = await PostgresIndex.CreateAsync(server.Source, name, 2, new PostgresIndexOptions { TextSearch = "simple", Bigrams = true });
        await index.UpsertAsync([.. attacks.Select((text, i) => new VectorRecord(text, new float[] { i, 1 }, text, new Dictionary<string, string> { [text] = text, ["all"] = "yes" }))]);
        foreach (var text in attacks)
        {
            (await index.GetAsync(text))!.Metadata![text].ShouldBe(text);
            (await index.SearchAsync(new float[] { 1, 1 }, new VectorQuery { Filter = VectorFilter.Label(text, text) })).Select(hit => hit.Id.Text).ShouldBe([text]);
            (await index.SearchAsync(new float[] { 1, 1 }, new VectorQuery { Filter = VectorFilter.Ids(text), TopK = 3 })).Select(hit => hit.Text).ShouldBe([text]);
            await index.HybridSearchAsync(new float[] { 1, 1 }, text);
        }

        (await index.SearchAsync(new float[] { 1, 1 }, new VectorQuery { Filter = VectorFilter.Label("all", "yes' or true or '"), TopK = 3 })).ShouldBeEmpty();
        (await index.DeleteAsync(["x' or true", "1; delete"])).ShouldBe(0);
        (await index.CountAsync()).ShouldBe(attacks.Length);
        (await Should.ThrowAsync<PostgresIndexException>(() => PostgresIndex.CreateAsync(server.Source, "evil", 2, new PostgresIndexOptions { TextSearch = "simple'); drop table semblance_index; --" })))
            .Index.ShouldBe("evil");
        (await PostgresIndex.OpenAsync(server.Source, name)).Name.ShouldBe(name);
        (await PostgresIndex.DropAsync(server.Source, name)).ShouldBeTrue();
        (await PostgresIndex.DropAsync(server.Source, name)).ShouldBeFalse();
    }

    [PostgresFact]
    public async Task An_index_is_found_again_as_it_was_made()
    {
        var options = new PostgresIndexOptions
        {
            Similarity = SimilarityFunction.Euclidean,
            Storage = PostgresStorage.Float16,
            M = 5,
            EfConstruction = 33,
            Lists = 7,
            TextSearch = "english",
            Attributes = new Dictionary<string, string> { ["model"] = "a \"model\"" },
        };
        await using var made = await server.CreateAsync(3, options);
        var opened = await PostgresIndex.OpenAsync(server.Source, made.Index.Name);
        (opened.Options with { Attributes = options.Attributes }).ShouldBe(options);
        opened.Options.Attributes.ShouldBe(options.Attributes);
        (await server.ScalarAsync($"select indexdef from pg_indexes where indexname = '{made.Index.Name}_vectors'"))!.ToString()!
            .ShouldSatisfyAllConditions(sql => sql.ShouldContain("halfvec_l2_ops"), sql => sql.ShouldContain("m='5'"), sql => sql.ShouldContain("ef_construction='33'"));
        (await Should.ThrowAsync<PostgresIndexException>(() => PostgresIndex.CreateAsync(server.Source, made.Index.Name, 3))).Message.ShouldContain("there is an index or a table of that name already");
        (await Should.ThrowAsync<PostgresIndexException>(() => PostgresIndex.OpenAsync(server.Source, "absent"))).Message.ShouldBe("absent: there is no such index; create it, or look into the schema where it is (Search Path).");
    }

    [PostgresFact]
    public async Task A_definition_that_is_newer_or_damaged_is_refused()
    {
        await using var made = await server.CreateAsync(3);
        var where = $"where name = '{made.Index.Name}'";
        await server.ScalarAsync($"update semblance_index set version = 2 {where}");
        (await Should.ThrowAsync<PostgresIndexException>(() => PostgresIndex.OpenAsync(server.Source, made.Index.Name))).Message.ShouldContain("version 2");
        foreach (var damage in (string[])["definition - 'dimension'", "definition || '{\"dimension\": -1}'", "definition || '{\"storage\": \"Paper\"}'", "'[]'", "definition || '{\"similarity\": 3}'"])
        {
            await server.ScalarAsync($"update semblance_index set version = 1, definition = {damage} {where}");
            (await Should.ThrowAsync<PostgresIndexException>(() => PostgresIndex.OpenAsync(server.Source, made.Index.Name))).Message.ShouldContain("is damaged");
        }
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        (PostgresIndexOptions Options, int Dimension, string Message)[] cases =
        [
            (new() { M = 1 }, 3, "M"),
            (new() { EfConstruction = 20 }, 3, "EfConstruction"),
            (new() { Lists = 0 }, 3, "Lists"),
            (new(), 2001, "2,000"),
            (new() { Storage = PostgresStorage.Float16 }, 4001, "4,000"),
            (new() { Storage = PostgresStorage.Binary }, 16_001, "16,000"),
            (new(), 0, "dimension"),
            (new() { Method = PostgresMethod.IvfFlat, Similarity = SimilarityFunction.Manhattan }, 3, "Manhattan"),
            (new() { Bigrams = true }, 3, "text search"),
        ];
        foreach (var (options, dimension, message) in cases)
        {
            Should.Throw<ArgumentException>(() => options.Check(dimension)).Message.ShouldContain(message);
        }

        Should.Throw<ArgumentException>(() => Identifier.Checked(new string('ü', 25))).Message.ShouldContain("48 bytes");
        Should.Throw<ArgumentException>(() => Identifier.Checked("semblance_index")).Message.ShouldContain("taken");
    }
}
