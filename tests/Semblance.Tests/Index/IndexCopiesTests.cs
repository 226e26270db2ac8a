using Semblance.Tensors;

namespace Semblance.Tests;

/// <summary>An index of vectors of which many are equal, or nearly equal, as boilerplate is.</summary>
public class IndexCopiesTests
{
    private const int Dimension = 48;

    [Theory]
    [InlineData(0.1, 1)]
    [InlineData(0.5, 1)]
    [InlineData(0.9, 1)]
    [InlineData(0.1, 0.9993)]
    [InlineData(0.5, 0.9993)]
    [InlineData(0.9, 0.9993)]
    public async Task Recall_is_that_of_an_index_without_copies(double part, double cosine)
    {
        using var folder = new IndexFolder();
        var (vectors, isCopy) = WithCopies(3000, part, kinds: 3, cosine);
        using var index = await IndexFolder.BuildAsync(folder.Path, vectors);
        HnswIndex.Verify(folder.Path).Unreachable.ShouldBe(0);
        index.MeasureRecall(count: 100).Recall.ShouldBeGreaterThanOrEqualTo(0.98);
        foreach (var kind in (bool[])[false, true])
        {
            var some = Enumerable.Range(0, vectors.Rows).Where(row => isCopy[row] == kind).Take(100).ToArray();
            index.MeasureRecall(queries: vectors.Rows(some)).Recall.ShouldBeGreaterThanOrEqualTo(0.98, $"copies: {kind}");
            index.MeasureRecall(new VectorQuery { TopK = 1 }, vectors.Rows(some)).Recall.ShouldBeGreaterThanOrEqualTo(0.98, $"copies: {kind}");
        }
    }

    [Theory]
    [InlineData(SimilarityFunction.DotProduct, Precision.Float32)]
    [InlineData(SimilarityFunction.Euclidean, Precision.Float32)]
    [InlineData(SimilarityFunction.Cosine, Precision.Int8)]
    [InlineData(SimilarityFunction.Euclidean, Precision.Int8)]
    [InlineData(SimilarityFunction.Cosine, Precision.Binary)]
    public async Task Copies_are_seen_through_whatever_is_compared(SimilarityFunction similarity, Precision precision)
    {
        foreach (var cosine in (double[])[1, 0.9993])
        {
            using var folder = new IndexFolder();
            var (vectors, isCopy) = WithCopies(2400, 0.8, kinds: 2, cosine);
            using var index = await IndexFolder.BuildAsync(folder.Path, vectors, new HnswOptions { Similarity = similarity, Precision = precision });
            index.Nodes.ShouldBeLessThan(600);
            var others = Enumerable.Range(0, vectors.Rows).Where(row => !isCopy[row]).Take(100).ToArray();
            index.MeasureRecall(queries: vectors.Rows(others)).Recall.ShouldBeGreaterThanOrEqualTo(0.97);
            index.MeasureRecall(count: 100).Recall.ShouldBeGreaterThanOrEqualTo(0.97);
        }
    }

    [Fact]
    public async Task Copies_added_and_deleted_after_the_build_are_seen_through_as_well()
    {
        using var folder = new IndexFolder();
        var (vectors, _) = WithCopies(1000, 0, kinds: 1, 1);
        var records = IndexFolder.Records(vectors).ToList();
        using var index = await HnswIndex.BuildAsync(folder.Path, records.ToAsyncEnumerable());
        var copies = Enumerable.Range(0, 1500).Select(i => new VectorRecord($"copy {i:D4}", records[i % 2].Vector, "boilerplate")).ToList();
        await index.AddAsync([copies[0]]); // one by one, and many at once, over several segments
        await index.CompactAsync();
        await index.AddAsync(copies[1..700]);
        await index.CompactAsync();
        await index.AddAsync(copies[700..]);
        await EachFindsItself();
        await index.CompactAsync();
        (index.Count, index.Nodes, index.Unlinked).ShouldBe((2500, 1000, 0));
        await EachFindsItself();

        // A node lives while one of its records does, be it the first or the last; and goes with the last.
        await index.DeleteAsync([records[0].Id, .. copies.Where((_, i) => i % 2 == 0).Skip(1).Select(copy => copy.Id)]);
        index.Search(records[0].Vector.Span, new VectorQuery { TopK = 1 })[0].Id.ShouldBe(copies[0].Id);
        await index.UpsertAsync([copies[0] with { Vector = vectors.Row(7).ToArray() }]); // a record that changes leaves its copies
        index.Search(records[0].Vector.Span, new VectorQuery { TopK = 1 })[0].Score.ShouldBeLessThan(0.99f);
        index.Search(records[1].Vector.Span, new VectorQuery { TopK = 900 }).Count(hit => hit.Score > 0.9999f).ShouldBe(751);
        await index.CompactAsync();
        (index.Count, index.Nodes, index.Deleted).ShouldBe((2500 - 750, 999, 0));
        HnswIndex.Verify(folder.Path).ShouldSatisfyAllConditions(found => found.Problems.ShouldBeEmpty(), found => found.Unreachable.ShouldBe(0));
        index.MeasureRecall(count: 100).Recall.ShouldBeGreaterThanOrEqualTo(0.98);

        async Task EachFindsItself()
        {
            for (var i = 2; i < 200; i++)
            {
                index.Search(records[i].Vector.Span, new VectorQuery { TopK = 1 })[0].Id.ShouldBe(records[i].Id);
            }

            await Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.Int8)]
    public async Task Hits_are_records_in_the_order_of_their_ids_where_scores_are_equal(Precision precision)
    {
        using var folder = new IndexFolder();
        var others = Vectors.Random(1, 300, 8);
        var random = new Random(2);
        VectorId[] ids = [-7, 3, 20, 100, long.MaxValue, "", "10", "9", "Z", "a", "é", "e\u0301", "\U0001F600", "\uFFFD"];
        VectorId[] expected = [-7, 3, 20, 100, long.MaxValue, "", "10", "9", "Z", "a", "e\u0301", "é", "\uFFFD", "\U0001F600"]; // numbers, then texts by code points
        var shuffled = ids.Concat(Enumerable.Range(0, 1500).Select(i => (VectorId)$"b{i:D4}")).OrderBy(_ => random.Next()).ToList();
        expected = [.. expected[..10], .. Enumerable.Range(0, 1500).Select(i => (VectorId)$"b{i:D4}"), .. expected[10..]];
        var records = shuffled.Select(id => new VectorRecord(id, new float[] { 1, 2, 3, 4, 5, 6, 7, 8 }))
            .Concat(IndexFolder.Records(others).Select((record, i) => record with { Id = $"other {i}" })).ToList();
        using var index = await HnswIndex.BuildAsync(folder.Path, records[200..].ToAsyncEnumerable(), new HnswOptions { Precision = precision });
        await index.AddAsync(records[..100]);
        await index.CompactAsync();
        await index.AddAsync(records[100..200]); // in the log
        foreach (var isExact in (bool[])[false, true])
        {
            foreach (var topK in (int[])[1, 10, 12, 1000, 1514])
            {
                var hits = index.Search([1, 2, 3, 4, 5, 6, 7, 8], new VectorQuery { TopK = topK, Exact = isExact });
                hits.Select(hit => hit.Id).ShouldBe(expected[..topK]);
            }
        }
    }

    [Fact]
    public async Task A_filter_that_one_of_all_copies_passes_finds_it()
    {
        using var folder = new IndexFolder();
        var (vectors, isCopy) = WithCopies(3000, 0.9, kinds: 1, 1);
        using var index = await IndexFolder.BuildAsync(folder.Path, vectors);
        var one = Enumerable.Range(0, 3000).Where(row => isCopy[row]).ElementAt(1234);
        var id = IndexFolder.Records(vectors).ElementAt(one).Id;
        foreach (var filter in (VectorFilter[])[VectorFilter.Ids(id), VectorFilter.Ids(id) | VectorFilter.Label("group", "none"), VectorFilter.Where(hit => hit.Id == id)])
        {
            index.Search(vectors.Row(one), new VectorQuery { Filter = filter }).Select(hit => hit.Id).ShouldBe([id]);
        }

        // A broad one, so that the graph is walked.
        var allButSome = !VectorFilter.Label("group", "3");
        var query = new VectorQuery { Filter = allButSome, TopK = 50 };
        index.Search(vectors.Row(one), query).Select(hit => (hit.Id, hit.Score)).ShouldBe(index.Search(vectors.Row(one), query with { Exact = true }).Select(hit => (hit.Id, hit.Score)));
    }

    [Fact]
    public async Task Vectors_that_are_all_equal_or_zero_of_either_sign_are_one_node()
    {
        foreach (var similarity in (SimilarityFunction[])[SimilarityFunction.Cosine, SimilarityFunction.DotProduct, SimilarityFunction.Euclidean])
        {
            foreach (var value in (float[])[0, 0.5f])
            {
                using var folder = new IndexFolder();
                var records = Enumerable.Range(0, 2000).Select(i => new VectorRecord(i, new float[] { i % 2 == 0 ? 0f : -0f, value, value })).ToList();
                using var index = await HnswIndex.BuildAsync(folder.Path, records.ToAsyncEnumerable(), new HnswOptions { Similarity = similarity });
                index.Nodes.ShouldBe(1);
                index.Search([0, value, value], new VectorQuery { TopK = 1000 }).Select(hit => hit.Id).ShouldBe(Enumerable.Range(0, 1000).Select(i => (VectorId)i));
                index.Search([1, 1, 1]).ShouldAllBe(hit => float.IsFinite(hit.Score));
                HnswIndex.Verify(folder.Path).ShouldSatisfyAllConditions(found => found.Problems.ShouldBeEmpty(), found => found.Unreachable.ShouldBe(0));
            }
        }
    }

    [Fact]
    public async Task Vectors_that_are_all_alike_do_not_become_one_group()
    {
        // Far from the origin, and so within a cosine of 0.9999 of each other, but as far apart as their spread has it.
        using var folder = new IndexFolder();
        var noise = Vectors.Random(1, 2000, 16);
        var records = Enumerable.Range(0, 2000).Select(i => new VectorRecord(i, noise.Row(i).ToArray().Select(value => 1000 + value).ToArray()));
        using var index = await HnswIndex.BuildAsync(folder.Path, records.ToAsyncEnumerable(), new HnswOptions { Similarity = SimilarityFunction.Euclidean });
        index.Nodes.ShouldBeGreaterThan(1900);
        index.MeasureRecall(count: 100).Recall.ShouldBeGreaterThanOrEqualTo(0.97);
    }

    [Fact]
    public async Task With_one_thread_copies_give_the_same_file_too()
    {
        using IndexFolder a = new(), b = new();
        var (vectors, _) = WithCopies(1500, 0.6, kinds: 3, 0.9995);
        (await IndexFolder.BuildAsync(a.Path, vectors, maxThreads: 1)).Dispose();
        (await IndexFolder.BuildAsync(b.Path, vectors, maxThreads: 1)).Dispose();
        File.ReadAllBytes(a.File(".segment")).AsSpan().SequenceEqual(File.ReadAllBytes(b.File(".segment"))).ShouldBeTrue();
    }

    [Fact]
    public async Task An_index_of_the_first_format_opens_and_compacting_it_brings_its_copies_together()
    {
        // 60 random vectors of 4 elements with the ids 1 to 60, then 40 copies of the first and 40 of the second, as the first version linked them.
        using var folder = new IndexFolder();
        foreach (var file in Directory.GetFiles(Fixtures.Own("index-format-1")))
        {
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }

        HnswIndex.Verify(folder.Path).Problems.ShouldBeEmpty();
        using (var index = HnswIndex.Open(folder.Path))
        {
            (index.Count, index.Nodes).ShouldBe((140, 140));
            ShouldFind(index);
            await index.AddAsync([new VectorRecord("new", (await index.GetAsync(1))!.Vector)]);
            await index.CompactAsync();
            (index.Count, index.Nodes).ShouldBe((141, 60));
            ShouldFind(index);
        }

        HnswIndex.Verify(folder.Path).ShouldSatisfyAllConditions(found => found.Problems.ShouldBeEmpty(), found => found.Unreachable.ShouldBe(0));

        static void ShouldFind(HnswIndex index)
        {
            var first = index.GetAsync(1).AsTask().Result!.Vector.Span;
            index.Search(first, new VectorQuery { TopK = 41, Exact = true }).Select(hit => hit.Id).ShouldBe([1, .. Enumerable.Range(61, 40).Select(i => (VectorId)i)]);
        }
    }

    [Fact]
    public void The_nearest_records_are_those_of_a_sort_by_distance_and_id()
    {
        var random = new Random(1);
        for (var trial = 0; trial < 200; trial++)
        {
            var (nearest, all) = (new NearestRecords((a, b) => a.CompareTo(b)), new List<Candidate>());
            nearest.Clear(random.Next(1, 30));
            foreach (var record in Enumerable.Range(0, 60).OrderBy(_ => random.Next()))
            {
                var distance = random.Next(8) / 8f;
                all.Add(new Candidate(distance, record));
                nearest.Offer(distance, record);
            }

            nearest.Items.ToArray().ShouldBe(all.OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Node).Take(nearest.Capacity));
        }
    }

    // Vectors in groups, and among them so large a part of copies of a few others, each at a cosine to what it is a copy of.
    private static (Tensor Vectors, bool[] IsCopy) WithCopies(int rows, double part, int kinds, double cosine)
    {
        var random = new Random(5);
        Tensor vectors = IndexFolder.Clustered(1, rows, Dimension), originals = IndexFolder.Clustered(8, kinds, Dimension), noise = Vectors.Random(9, rows, Dimension);
        var isCopy = new bool[rows];
        for (var i = 0; i < rows; i++)
        {
            isCopy[i] = random.NextDouble() < part;
            if (isCopy[i])
            {
                var (original, other) = (originals.Row(random.Next(kinds)).ToArray(), noise.Row(i).ToArray());
                double length = Math.Sqrt(original.Sum(value => value * (double)value)), along = original.Zip(other, (a, b) => a * (double)b).Sum() / (length * length);
                var across = other.Zip(original, (b, a) => b - (along * a)).ToArray();
                var scale = length * Math.Sqrt(1 - (cosine * cosine)) / Math.Sqrt(across.Sum(value => value * value));
                for (var j = 0; j < Dimension; j++)
                {
                    vectors.Writable[(i * Dimension) + j] = (float)((cosine * original[j]) + (scale * across[j]));
                }
            }
        }

        return (vectors, isCopy);
    }
}
