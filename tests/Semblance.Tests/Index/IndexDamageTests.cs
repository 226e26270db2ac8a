namespace Semblance.Tests;

/// <summary>Damage to an index's files is seen when they are read, or at the latest by <see cref="HnswIndex.Verify"/>.</summary>
public class IndexDamageTests
{
    [Theory]
    [InlineData(SimilarityFunction.Cosine, Precision.Float32)]
    [InlineData(SimilarityFunction.DotProduct, Precision.Float32)]
    [InlineData(SimilarityFunction.Euclidean, Precision.Float32)]
    [InlineData(SimilarityFunction.Cosine, Precision.Int8)]
    public async Task A_bit_of_a_vector_that_makes_it_huge_is_an_error_of_every_search_that_reads_it(SimilarityFunction similarity, Precision precision)
    {
        using var folder = new IndexFolder();
        var vectors = IndexFolder.Clustered(1, 200, 16);
        (await IndexFolder.BuildAsync(folder.Path, vectors, new HnswOptions { Similarity = similarity, Precision = precision })).Dispose();
        var path = folder.File(".segment");
        var bytes = File.ReadAllBytes(path);
        for (var element = 0; element < 200 * 16; element += 37)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[4096 + (element * 4) + 3] ^= 0x40; // the highest bit of the exponent: 0.1 becomes 10 to the 37th
            File.WriteAllBytes(path, damaged);
            using var index = HnswIndex.OpenReadOnly(folder.Path);
            var query = vectors.Row(element / 16).ToArray();
            foreach (var how in (VectorQuery[])[new() { Exact = true }, new() { Ef = 20 }, new() { Filter = VectorFilter.Label("group", $"{element / 16 % 40}") }])
            {
                var e = Should.Throw<IndexFormatException>(() => index.Search(query, how));
                e.Path.ShouldBe(path);
                e.Message.ShouldContain("`semblance index verify` says which part");
            }

            Should.Throw<IndexFormatException>(() => index.ReadAsync().ToBlockingEnumerable().Count());
            Should.Throw<IndexFormatException>(() => index.MeasureRecall(count: 200));
            HnswIndex.Verify(folder.Path).Problems.ShouldHaveSingleItem().ShouldContain("the checksum of the vectors does not match");
        }
    }

    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.Int8)]
    public async Task Whatever_byte_changes_the_results_are_right_or_it_is_told(Precision precision)
    {
        using var folder = new IndexFolder();
        var vectors = Vectors.Random(1, 60, 4).Rows([.. Enumerable.Range(0, 60), .. Enumerable.Repeat(7, 20)]);
        using (var index = await IndexFolder.BuildAsync(folder.Path, vectors, new HnswOptions { Precision = precision, M = 2, EfConstruction = 10 }, maxThreads: 1))
        {
            await index.UpsertAsync([.. IndexFolder.Records(Vectors.Random(2, 4, 4))]);
            await index.DeleteAsync(["text 9"]);
        }

        var random = new Random(3);
        foreach (var path in Directory.GetFiles(folder.Path).Where(file => Path.GetFileName(file) != "lock"))
        {
            var bytes = File.ReadAllBytes(path);
            var sound = Results();
            for (var place = 0; place < bytes.Length; place += path.EndsWith(".segment", StringComparison.Ordinal) ? 1 + random.Next(place < 4096 ? 40 : 4) : 1)
            {
                var damaged = (byte[])bytes.Clone();
                damaged[place] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(path, damaged);
                if (Results() is { } found && !found.SequenceEqual(sound!))
                {
                    HnswIndex.Verify(folder.Path).Problems.ShouldNotBeEmpty($"{Path.GetFileName(path)}, byte {place}");
                }
            }

            File.WriteAllBytes(path, bytes);
        }

        // What all ways to read give; null where one of them says that a file is damaged.
        List<string>? Results()
        {
            try
            {
                using var index = HnswIndex.OpenReadOnly(folder.Path);
                var results = new List<string>();
                foreach (var how in (VectorQuery[])[new() { Exact = true, TopK = 30 }, new() { TopK = 2, Ef = 4 }, new() { TopK = 30, Filter = VectorFilter.Label("group", "7") }])
                {
                    foreach (var hit in index.Search(vectors.Row(7), how))
                    {
                        Math.Abs(hit.Score).ShouldBeLessThanOrEqualTo(1.001f); // and so finite
                        results.Add($"{hit.Id} {hit.Score} {hit.Text} {string.Join(',', hit.Metadata ?? new Dictionary<string, string>())}");
                    }
                }

                results.AddRange(index.ReadAsync().ToBlockingEnumerable().Select(record => $"{record.Id} {string.Join(' ', record.Vector.ToArray())} {record.Text}"));
                results.Add($"{index.GetAsync(7).AsTask().Result?.Text} {index.LargestNumberAsync().AsTask().Result} {index.Nodes}");
                return results;
            }
            catch (IndexFormatException e)
            {
                e.Message.ShouldStartWith(folder.Path);
                return null;
            }
        }
    }
}
