using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Semblance.Tensors;

namespace Semblance.Tests;

public class SemanticSearchTests
{
    [Theory]
    [InlineData("semantic_search_top4", 4, SimilarityFunction.Cosine)]
    [InlineData("semantic_search_dot_top3", 3, SimilarityFunction.DotProduct)]
    public void Hits_equal_those_of_sentence_transformers(string recorded, int topK, SimilarityFunction similarity)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Fixtures.Own("util/expected.json")));
        var hits = SemanticSearch.Search(
            Vectors.Recorded("a"), Vectors.Recorded("b"), new SearchOptions { TopK = topK, Similarity = similarity });
        var queries = expected.RootElement.GetProperty(recorded);
        hits.Length.ShouldBe(queries.GetArrayLength());
        foreach (var (query, list) in queries.EnumerateArray().Index())
        {
            hits[query].Select(hit => hit.Index).ShouldBe(list.EnumerateArray().Select(hit => hit.GetProperty("corpus_id").GetInt32()));
            foreach (var (place, hit) in list.EnumerateArray().Index())
            {
                hits[query][place].Score.ShouldBe(hit.GetProperty("score").GetSingle(), 1e-5);
            }
        }
    }

    [Fact]
    public void Search_ranks_as_comparing_everything_and_sorting_does()
    {
        // Coarse vectors: most scores occur many times, so the ranking is decided by ties.
        var sizes = Gen.Choose(0, 1 << 30).Select(seed => new Random(seed));
        Prop.ForAll(sizes.ToArbitrary(), random =>
        {
            var columns = random.Next(1, 20);
            var queries = Vectors.Coarse(random.Next(), random.Next(1, 60), columns);
            var corpus = Vectors.Coarse(random.Next(), random.Next(1, 300), columns);
            var options = new SearchOptions
            {
                TopK = random.Next(1, 40),
                Similarity = (SimilarityFunction)random.Next(4),
                MaxThreads = random.Next(1, 4),
                BlockRows = random.Next(1, 50),
                BlockQueries = random.Next(1, 50),
            };
            var hits = SemanticSearch.Search(queries, corpus, options);
            for (var query = 0; query < queries.Rows; query++)
            {
                hits[query].ShouldBe(ByComparingAll(queries, query, corpus, options));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_query_gets_the_same_hits_alone_and_among_others()
    {
        Tensor queries = Vectors.Random(1, 40, 64), corpus = Vectors.Random(2, 1000, 64);
        var together = SemanticSearch.Search(queries, corpus);
        for (var query = 0; query < queries.Rows; query++)
        {
            SemanticSearch.Search(Tensor.From(queries.Row(query), 64), corpus, new SearchOptions { MaxThreads = 1 })[0]
                .ShouldBe(together[query]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void A_vector_that_is_not_finite_is_an_error_that_names_it(int count)
    {
        var queries = Vectors.Random(2, count, 8);
        foreach (var value in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            var corpus = Vectors.Random(1, 100, 8);
            corpus.Writable[(60 * 8) + 5] = value;
            foreach (var similarity in Enum.GetValues<SimilarityFunction>())
            {
                var options = new SearchOptions { TopK = 3, Similarity = similarity };
                Should.Throw<ArgumentException>(() => SemanticSearch.Search(queries, corpus, options)).Message.ShouldContain("Row 60 of the corpus");
                SemanticSearch.Search(queries, corpus, options with { Filter = row => row != 60 }).ShouldAllBe(hits => hits.Length == 3);
            }

            queries.Writable[5] = value;
            Should.Throw<ArgumentException>(() => SemanticSearch.Search(queries, Vectors.Random(1, 100, 8))).Message.ShouldContain("Element 5");
            queries.Writable[5] = 0;
        }
    }

    [Fact]
    public void Nothing_to_find_gives_empty_lists()
    {
        SemanticSearch.Search(Tensor.Zeros(2, 8), Tensor.Zeros(0, 8)).ShouldBe([[], []]);
        SemanticSearch.Search(Tensor.Zeros(0, 8), Tensor.Zeros(2, 8)).ShouldBeEmpty();
    }

    [Fact]
    public void Progress_rises_to_1_and_a_canceled_search_ends()
    {
        Tensor queries = Vectors.Random(1, 3, 8), corpus = Vectors.Random(2, 500, 8);
        var progress = new Recorder();
        SemanticSearch.Search(queries, corpus, new SearchOptions { BlockRows = 20 }, progress);
        progress.Values.ShouldBeInOrder();
        progress.Values.Count.ShouldBe(25);
        progress.Values[^1].ShouldBe(1);

        using var source = new CancellationTokenSource();
        var cancel = new Recorder(source.Cancel);
        Should.Throw<OperationCanceledException>(
            () => SemanticSearch.Search(queries, corpus, new SearchOptions { BlockRows = 20, MaxThreads = 1 }, cancel, source.Token));
        cancel.Values.Count.ShouldBe(1);
    }

    [Fact]
    public void Options_and_shapes_out_of_range_are_named()
    {
        var x = Tensor.Zeros(2, 8);
        Should.Throw<ArgumentException>(() => SemanticSearch.Search(x, Tensor.Zeros(2, 7))).Message.ShouldContain("7 dimensions");
        Should.Throw<ArgumentOutOfRangeException>(() => SemanticSearch.Search(x, x, new SearchOptions { TopK = 0 })).Message.ShouldContain("TopK");
    }

    [Theory]
    [InlineData(Precision.Int8, SimilarityFunction.Cosine)]
    [InlineData(Precision.Int8, SimilarityFunction.DotProduct)]
    [InlineData(Precision.Int8, SimilarityFunction.Euclidean)]
    [InlineData(Precision.Int8, SimilarityFunction.Manhattan)]
    [InlineData(Precision.UInt8, SimilarityFunction.Cosine)]
    [InlineData(Precision.UInt8, SimilarityFunction.DotProduct)]
    [InlineData(Precision.UInt8, SimilarityFunction.Euclidean)]
    public void Many_queries_find_in_vectors_of_bytes_what_each_finds_alone_and_in_the_restored_vectors(Precision precision, SimilarityFunction similarity)
    {
        foreach (var (columns, rows) in new[] { (65, 1000), (8, 130), (384, 333) })
        {
            Tensor queries = Vectors.Random(1, 45, columns), vectors = Vectors.Random(2, rows, columns);
            var corpus = VectorMatrix.Quantize(vectors, new Quantizer(precision, columns, QuantizationRanges.Of(vectors)));
            var restored = Tensor.Zeros(rows, columns);
            for (var row = 0; row < rows; row++)
            {
                corpus.Restore(row, restored.Writable.Slice(row * columns, columns));
            }

            var options = new SearchOptions { Similarity = similarity, TopK = 7, Filter = row => row % 5 != 0 };
            var together = SemanticSearch.Search(queries, corpus, options);
            var expected = SemanticSearch.Search(queries, restored, options);
            for (var query = 0; query < queries.Rows; query++)
            {
                together[query].ShouldBe(expected[query]);
                SemanticSearch.Search(Tensor.From(queries.Row(query), columns), corpus, options with { MaxThreads = 1, BlockRows = 100 })[0].ShouldBe(together[query]);
            }
        }
    }

    [Theory]
    [InlineData(SimilarityFunction.Cosine)]
    [InlineData(SimilarityFunction.DotProduct)]
    [InlineData(SimilarityFunction.Euclidean)]
    public void Many_queries_find_the_same_among_equal_long_short_and_zero_vectors(SimilarityFunction similarity)
    {
        const int Columns = 48;
        Tensor queries = Vectors.Random(1, 40, Columns), vectors = Vectors.Random(2, 3000, Columns);
        for (var row = 0; row < vectors.Rows; row++)
        {
            var scale = (row % 7) switch { 0 => 0, 1 => 1e-4f, 2 => 1, 3 => 3, _ => 0.5f + (row % 5) };
            var vector = vectors.Writable.Slice(row * Columns, Columns);
            if (row % 11 == 0)
            {
                vectors.Row(1).CopyTo(vector);
            }

            System.Numerics.Tensors.TensorPrimitives.Multiply(vector, scale, vector);
        }

        queries.Writable[..Columns].Clear();
        var corpus = VectorMatrix.Quantize(vectors, new Quantizer(Precision.UInt8, Columns, QuantizationRanges.Of(vectors)));
        foreach (var topK in new[] { 1, 10, 700, 5000 }) // 700 of 40 queries are more pairs than are kept for the end
        {
            var options = new SearchOptions { Similarity = similarity, TopK = topK };
            var together = SemanticSearch.Search(queries, corpus, options);
            var expected = SemanticSearch.Search(queries, corpus.ToTensor(), options);
            for (var query = 0; query < queries.Rows; query++)
            {
                together[query].ShouldBe(expected[query]);
            }
        }
    }

    private static IEnumerable<SearchHit> ByComparingAll(Tensor queries, int query, Tensor corpus, SearchOptions options) =>
        Similarity.Matrix(queries, corpus, options.Similarity).Row(query).ToArray()
            .Select((score, index) => new SearchHit(index, score))
            .OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Index)
            .Take(options.TopK);
}
