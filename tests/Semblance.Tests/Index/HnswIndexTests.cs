using FsCheck;
using FsCheck.Fluent;
using Semblance.Tensors;

namespace Semblance.Tests;

public class HnswIndexTests
{
    [Theory]
    [InlineData(SimilarityFunction.Cosine, Precision.Float32, 0.97)]
    [InlineData(SimilarityFunction.DotProduct, Precision.Float32, 0.95)]
    [InlineData(SimilarityFunction.Euclidean, Precision.Float32, 0.97)]
    [InlineData(SimilarityFunction.Cosine, Precision.Int8, 0.97)]
    [InlineData(SimilarityFunction.DotProduct, Precision.Int8, 0.95)]
    [InlineData(SimilarityFunction.Euclidean, Precision.Int8, 0.97)]
    [InlineData(SimilarityFunction.Cosine, Precision.Binary, 0.8)]
    public async Task Nearly_all_of_the_nearest_are_found(SimilarityFunction similarity, Precision precision, double recall)
    {
        using var folder = new IndexFolder();
        Tensor vectors = IndexFolder.Clustered(1, 4000, 50), queries = IndexFolder.Clustered(1, 100, 50);
        using var index = await IndexFolder.BuildAsync(folder.Path, vectors, new HnswOptions { Similarity = similarity, Precision = precision });
        var options = new VectorQuery { Ef = 64 };
        var report = index.MeasureRecall(options, queries);
        report.Recall.ShouldBeGreaterThanOrEqualTo(recall);
        index.MeasureRecall(options, count: 50).Recall.ShouldBeGreaterThanOrEqualTo(recall);
        (report.Queries, report.TopK, report.Ef).ShouldBe((100, 10, 64));

        // Whatever was walked over, scores are those of the float32 vectors.
        foreach (var hit in index.Search(queries.Row(3), options))
        {
            var stored = (await index.GetAsync(hit.Id))!;
            hit.Score.ShouldBe(Similarity.Of(queries.Row(3), stored.Vector.Span, similarity), 1e-4f);
            hit.Text.ShouldBe(stored.Text);
        }
    }

    [Theory]
    [InlineData(SimilarityFunction.Cosine)]
    [InlineData(SimilarityFunction.DotProduct)]
    [InlineData(SimilarityFunction.Euclidean)]
    public async Task With_as_many_candidates_as_vectors_search_is_exact(SimilarityFunction similarity)
    {
        using var folder = new IndexFolder();
        var vectors = IndexFolder.Clustered(1, 700, 20);
        using var index = await IndexFolder.BuildAsync(folder.Path, vectors, new HnswOptions { Similarity = similarity });
        var records = IndexFolder.Records(vectors).ToList();
        var queries = Vectors.Random(5, 20, 20);
        for (var i = 0; i < queries.Rows; i++)
        {
            var expected = IndexFolder.Nearest(records, queries.Row(i), similarity, 10);
            index.Search(queries.Row(i), new VectorQuery { Ef = 700 }).Select(hit => hit.Id).ShouldBe(expected);
            index.Search(queries.Row(i), new VectorQuery { Exact = true, TopK = 3 }).Select(hit => hit.Id).ShouldBe(expected[..3]);
        }
    }

    [Fact]
    public void Any_sequence_of_changes_and_reopenings_leaves_what_a_dictionary_would_hold() =>
        Prop.ForAll(Gen.Choose(0, 1 << 30).Select(seed => new Random(seed)).ToArbitrary(), random =>
        {
            using var folder = new IndexFolder();
            var (dimension, similarity) = (random.Next(2, 40), (SimilarityFunction)random.Next(3));
            var reference = new Dictionary<VectorId, VectorRecord>();
            var index = HnswIndex.Create(folder.Path, dimension, new HnswOptions { Similarity = similarity, M = 4, EfConstruction = 20 });
            for (var step = 0; step < 25; step++)
            {
                var records = Enumerable.Range(0, random.Next(1, 30)).Select(_ => Record()).DistinctBy(record => record.Id).ToList();
                switch (random.Next(6))
                {
                    case 0:
                        var known = records.FirstOrDefault(record => reference.ContainsKey(record.Id));
                        if (known is null)
                        {
                            index.AddAsync(records).Wait();
                            records.ForEach(record => reference[record.Id] = record);
                        }
                        else
                        {
                            Should.Throw<ArgumentException>(() => index.AddAsync(records).GetAwaiter().GetResult()).Message.ShouldContain($"'{known.Id}'");
                        }

                        break;
                    case 1 or 2:
                        index.UpsertAsync(records).Wait();
                        records.ForEach(record => reference[record.Id] = record);
                        break;
                    case 3:
                        index.DeleteAsync([.. records.Select(record => record.Id)]).Result.ShouldBe(records.Count(record => reference.Remove(record.Id)));
                        break;
                    case 4:
                        index.CompactAsync().Wait();
                        (index.Unlinked, index.Deleted).ShouldBe((0, 0));
                        break;
                    default:
                        index.Dispose();
                        index = HnswIndex.Open(folder.Path);
                        break;
                }

                ShouldHold(index, reference, random);
            }

            index.Dispose();
            using var reader = HnswIndex.OpenReadOnly(folder.Path);
            ShouldHold(reader, reference, random);
            HnswIndex.Verify(folder.Path).Problems.ShouldBeEmpty();

            VectorRecord Record()
            {
                var vector = new float[dimension];
                foreach (ref var value in vector.AsSpan())
                {
                    value = (random.NextSingle() * 2) - 1;
                }

                var number = random.Next(60);
                var labels = random.Next(2) == 0 ? null : new Dictionary<string, string> { ["odd"] = $"{number % 2}", ["语言"] = "中文" };
                return new VectorRecord(number % 2 == 0 ? number : $"文{number}", vector, random.Next(3) == 0 ? null : new string('x', random.Next(100)), labels);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30)); // each change reaches the disk

    [Fact]
    public async Task A_graph_that_was_grown_finds_as_much_as_one_built_at_once()
    {
        using var folder = new IndexFolder();
        Tensor vectors = IndexFolder.Clustered(1, 6000, 32), queries = IndexFolder.Clustered(1, 100, 32);
        var records = IndexFolder.Records(vectors).ToList();
        using var index = await HnswIndex.BuildAsync(folder.Path, records.Take(1500).ToAsyncEnumerable());
        (await index.UpsertAsync(records.Skip(1500).ToAsyncEnumerable(), 500)).ShouldBe(4500);
        index.Unlinked.ShouldBeLessThan(4500, "a large log is linked by itself");
        index.MeasureRecall(new VectorQuery { Ef = 64 }, queries).Recall.ShouldBeGreaterThan(0.97);

        // A third deleted: still navigable, and none of them is found.
        var gone = records.Where((_, i) => i % 3 == 1).Select(record => record.Id).ToHashSet();
        (await index.DeleteAsync([.. gone])).ShouldBe(2000);
        index.MeasureRecall(new VectorQuery { Ef = 64 }, queries).Recall.ShouldBeGreaterThan(0.97);
        index.Search(queries).SelectMany(hits => hits).ShouldAllBe(hit => !gone.Contains(hit.Id));
        await index.CompactAsync();
        (index.Count, index.Unlinked, index.Deleted).ShouldBe((4000, 0, 0));
        index.MeasureRecall(new VectorQuery { Ef = 64 }, queries).Recall.ShouldBeGreaterThan(0.97);
        HnswIndex.Verify(folder.Path).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Filters_keep_the_recall_from_broad_to_narrow()
    {
        using var folder = new IndexFolder();
        Tensor vectors = IndexFolder.Clustered(1, 5000, 32), queries = IndexFolder.Clustered(1, 40, 32);
        using var index = await IndexFolder.BuildAsync(folder.Path, vectors);
        var records = IndexFolder.Records(vectors).ToList();
        var some = records.Where((_, i) => i % 7 == 0).Select(record => record.Id).ToHashSet();
        (VectorFilter Filter, Func<VectorRecord, bool> Expected)[] filters =
        [
            (VectorFilter.Label("group", "7"), record => record.Metadata!["group"] == "7"),
            (!VectorFilter.Label("group", "7"), record => record.Metadata!["group"] != "7"),
            (VectorFilter.Label("tenth", "123"), record => record.Metadata!["tenth"] == "123"),
            (VectorFilter.Label("tenth", "none"), _ => false),
            (VectorFilter.Label("none", "7"), _ => false),
            (VectorFilter.Ids(some), record => some.Contains(record.Id)),
            (VectorFilter.Ids(some) & VectorFilter.Label("group", "0") | VectorFilter.Label("group", "1"), record => (some.Contains(record.Id) && record.Metadata!["group"] == "0") || record.Metadata!["group"] == "1"),
            (VectorFilter.Where(hit => hit.Text is null), record => record.Text is null),
        ];
        foreach (var (filter, isExpected) in filters)
        {
            var (right, wanted) = (0, 0);
            for (var i = 0; i < queries.Rows; i++)
            {
                var expected = IndexFolder.Nearest(records.Where(isExpected), queries.Row(i), SimilarityFunction.Cosine, 10);
                var hits = index.Search(queries.Row(i), new VectorQuery { Filter = filter, Ef = 32 });
                hits.Count.ShouldBe(expected.Length);
                right += hits.Select(hit => hit.Id).Intersect(expected).Count();
                wanted += expected.Length;
            }

            ((double)right / Math.Max(1, wanted)).ShouldBeGreaterThanOrEqualTo(wanted == 0 ? 0 : 0.95, $"{filter}");
        }

        (await index.ReadAsync(filters[0].Filter).CountAsync()).ShouldBe(125);
    }

    [Fact]
    public async Task With_one_thread_the_same_vectors_give_the_same_file()
    {
        using IndexFolder a = new(), b = new();
        var vectors = IndexFolder.Clustered(3, 1000, 24);
        (await IndexFolder.BuildAsync(a.Path, vectors, maxThreads: 1)).Dispose();
        (await IndexFolder.BuildAsync(b.Path, vectors, maxThreads: 1)).Dispose();
        File.ReadAllBytes(a.File(".segment")).AsSpan().SequenceEqual(File.ReadAllBytes(b.File(".segment"))).ShouldBeTrue();
    }

    [Fact]
    public async Task Many_search_while_one_writes()
    {
        using var folder = new IndexFolder();
        var vectors = IndexFolder.Clustered(1, 3000, 16);
        var records = IndexFolder.Records(vectors).ToList();
        using var index = await HnswIndex.BuildAsync(folder.Path, records.Take(2000).ToAsyncEnumerable());
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(reader => Task.Run(() =>
        {
            var (searches, found) = (0, 0);
            while (!stop.IsCancellationRequested)
            {
                var query = (searches++ * 7) % 2000; // those that stay find themselves first: a walk of the graph nearly always, an exact search always
                bool Finds(VectorQuery how) => index.Search(vectors.Row(query), how with { TopK = 1 })[0].Id == records[query].Id;
                found += Finds(new VectorQuery()) ? 1 : 0;
                Finds(new VectorQuery { Exact = true }).ShouldBeTrue();
            }

            return (searches, found);
        })).ToList();
        for (var i = 2000; i < 3000; i += 50)
        {
            await index.AddAsync(records[i..(i + 50)]);
            await index.DeleteAsync([.. records[(i - (i > 2000 ? 25 : 0))..i].Where((_, j) => i > 2000).Select(record => record.Id)]);
            if (i % 500 == 0)
            {
                await index.CompactAsync();
            }
        }

        await stop.CancelAsync();
        (await Task.WhenAll(readers)).ShouldAllBe(reader => reader.searches > 0 && reader.found >= 0.99 * reader.searches);
    }

    [Fact]
    public async Task What_cannot_be_compared_is_refused_and_named()
    {
        using var folder = new IndexFolder();
        using var index = HnswIndex.Create(folder.Path, 3);
        async Task Refused(string message, params float[] vector)
        {
            (await Should.ThrowAsync<ArgumentException>(index.UpsertAsync([new VectorRecord("good", new float[3]), new VectorRecord("bad", vector)]))).Message.ShouldContain(message);
            Should.Throw<ArgumentException>(() => index.Search(vector)).Message.ShouldContain("query");
            index.Count.ShouldBe(0);
        }

        await Refused("'bad' holds a value that is not a finite number", 1, float.NaN, 0);
        await Refused("'bad' holds a value that is not a finite number", 1, float.PositiveInfinity, 0);
        await Refused("'bad' has 2 elements, and the index holds vectors of 3", 1, 2);
        await Refused("'bad' is too long", 1e30f, 0, 0);
        (await Should.ThrowAsync<ArgumentException>(index.UpsertAsync([new("a", new float[3]), new("a", new float[3])]))).Message.ShouldContain("'a' comes twice");

        using var other = new IndexFolder();
        (await Should.ThrowAsync<ArgumentException>(HnswIndex.BuildAsync(other.Path, new VectorRecord[] { new("a", new float[3]), new("b", new float[4]) }.ToAsyncEnumerable()))).Message.ShouldContain("'b' has 4 elements");
        (await Should.ThrowAsync<ArgumentException>(HnswIndex.BuildAsync(other.Path, new VectorRecord[] { new("a", new float[3]), new("a", new float[3]) }.ToAsyncEnumerable()))).Message.ShouldContain("'a' comes twice");
        HnswIndex.Exists(other.Path).ShouldBeFalse();
        Directory.GetFiles(other.Path).Select(Path.GetFileName).ShouldBe(["lock"]);
        Should.Throw<ArgumentException>(() => HnswIndex.Create(other.Path, 3, new HnswOptions { Similarity = SimilarityFunction.Manhattan })).Message.ShouldContain("Manhattan");
        Should.Throw<ArgumentException>(() => index.Search(new float[3], new VectorQuery { TopK = 0 })).Message.ShouldContain("TopK");
    }

    [Fact]
    public async Task Zero_and_equal_vectors_are_found_and_have_finite_scores()
    {
        using var folder = new IndexFolder();
        var records = Enumerable.Range(0, 3000).Select(i => new VectorRecord(i, i % 10 == 0 ? new float[4] : [1, i % 3, 2, 3])).ToList();
        using var index = await HnswIndex.BuildAsync(folder.Path, records.ToAsyncEnumerable());
        var hits = index.Search([1, 2, 2, 3], new VectorQuery { TopK = 20, Ef = 20 });
        hits.Count.ShouldBe(20);
        hits.ShouldAllBe(hit => Math.Abs(hit.Score - 1) < 1e-6f);
        index.Search(new float[4]).ShouldAllBe(hit => hit.Score == 0);
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(16, 2)]
    [InlineData(4, 2)]
    [InlineData(2, 2)]
    public async Task Every_vector_is_reached_however_many_are_alike(int m, int maxThreads)
    {
        var (few, clustered) = (Vectors.Random(3, 50, 12), IndexFolder.Clustered(4, 3000, 12, groups: 15));
        foreach (var vectors in new[]
        {
            few.Rows([.. Enumerable.Range(0, 3000).Select(i => i % 50)]), // sixty of each
            few.Rows([.. Enumerable.Range(0, 3000).Select(i => Math.Max(0, i - 2951))]), // nearly all one
            few.Rows([.. Enumerable.Range(0, 3000).Select(i => i / 60)]), // one kind after the other
            clustered,
            clustered.Rows([.. Enumerable.Range(0, 3000).Select(i => i < 1500 ? i : i % 7)]),
        })
        {
            using var folder = new IndexFolder();
            using (var index = await IndexFolder.BuildAsync(folder.Path, vectors, new HnswOptions { M = m, EfConstruction = 40 }, maxThreads))
            {
                HnswIndex.Verify(folder.Path).Unreachable.ShouldBe(0);
                await index.UpsertAsync([.. Enumerable.Range(0, 500).Select(i => new VectorRecord($"more {i}", vectors.Row(i % 90).ToArray()))]);
                await index.CompactAsync(maxThreads); // goes on with the graph
            }

            HnswIndex.Verify(folder.Path).Unreachable.ShouldBe(0);
        }
    }

    private static void ShouldHold(HnswIndex index, Dictionary<VectorId, VectorRecord> reference, Random random)
    {
        index.Count.ShouldBe(reference.Count);
        index.LargestNumberAsync().AsTask().Result.ShouldBe(reference.Keys.Where(id => id.Text is null).Max(id => (long?)id.Number));
        var query = Vectors.Random(random.Next(), 1, index.Dimension);
        index.Search(query.Row(0)).Select(hit => hit.Id).ShouldBe(IndexFolder.Nearest(reference.Values, query.Row(0), index.Similarity, 10));
        var all = index.ReadAsync().ToBlockingEnumerable().ToList();
        all.Select(record => record.Id).Order(Comparer<VectorId>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString())))
            .ShouldBe(reference.Keys.Order(Comparer<VectorId>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))));
        foreach (var record in all.Take(5))
        {
            var expected = reference[record.Id];
            record.Text.ShouldBe(expected.Text);
            (record.Metadata ?? new Dictionary<string, string>()).ShouldBe(expected.Metadata ?? new Dictionary<string, string>(), ignoreOrder: true);
            Similarity.Of(record.Vector.Span, expected.Vector.Span).ShouldBe(1, 1e-5f);
        }
    }
}
