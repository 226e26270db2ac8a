using FsCheck;
using FsCheck.Fluent;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Tests;

public class VectorMatrixTests
{
    private static readonly Precision[] Precisions = Enum.GetValues<Precision>();

    [Fact]
    public void Search_in_any_precision_ranks_as_comparing_everything_that_was_stored() =>
        Prop.ForAll(Gen.Choose(0, 1 << 30).Select(seed => new Random(seed)).ToArbitrary(), random =>
        {
            var columns = random.Next(1, 200);
            var count = random.Next(1, 30);
            var rows = random.Next(2, 400);
            var isCoarse = random.Next(2) == 0; // then ties decide
            Tensor queries = Some(count), vectors = Some(rows);
            foreach (var precision in Precisions)
            {
                var corpus = Stored(vectors, precision);
                var only = random.Next(1, 4);
                var options = new SearchOptions
                {
                    TopK = random.Next(3) switch { 0 => 1, 1 => random.Next(2, 40), _ => rows + 5 },
                    Similarity = (SimilarityFunction)random.Next(4),
                    Filter = random.Next(2) == 0 ? null : row => row % only == 0,
                    MaxThreads = random.Next(1, 4),
                    BlockRows = random.Next(3) == 0 ? null : random.Next(1, 150),
                    BlockQueries = random.Next(1, 50),
                };
                var hits = SemanticSearch.Search(queries, corpus, options);
                for (var query = 0; query < count; query++)
                {
                    hits[query].ShouldBe(ByComparingAll(queries, query, corpus, options), $"{precision}, {options.Similarity}, {count} queries");
                }
            }

            Tensor Some(int rows) => isCoarse ? Vectors.Coarse(random.Next(), rows, columns) : Vectors.Random(random.Next(), rows, columns);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1e-25f)]
    [InlineData(1e-18f)]
    [InlineData(1e12f)]
    [InlineData(1e16f)]
    public void Lengths_out_of_the_ordinary_change_no_ranking(float scale)
    {
        Tensor queries = Vectors.Random(1, 2, 48), vectors = Vectors.Random(2, 300, 48);
        foreach (ref var value in vectors.Writable[(40 * 48)..])
        {
            value *= scale;
        }

        foreach (ref var value in queries.Writable[48..])
        {
            value *= scale;
        }

        vectors.Writable.Slice(7 * 48, 48).Clear();
        foreach (var similarity in Enum.GetValues<SimilarityFunction>())
        {
            var options = new SearchOptions { Similarity = similarity, TopK = 20 };
            var hits = SemanticSearch.Search(queries, vectors, options);
            for (var query = 0; query < 2; query++)
            {
                hits[query].ShouldBe(ByComparingAll(queries, query, VectorMatrix.Of(vectors), options));
            }
        }
    }

    [Theory]
    [InlineData(Precision.Int8)]
    [InlineData(Precision.UInt8)]
    public void Scores_of_bytes_are_in_the_units_of_the_model_whatever_the_ranges_of_elements(Precision precision)
    {
        // The second element is a hundred times narrower: by the bytes alone row 2 would come before row 1.
        var vectors = Tensor.From([0f, 0, 60, 0, 50, 1, 100, 0.5f], 4, 2);
        var hits = SemanticSearch.Search(Tensor.From([1f, 1], 1, 2), Stored(vectors, precision), new SearchOptions { Similarity = SimilarityFunction.DotProduct })[0];
        hits.Select(hit => hit.Index).ShouldBe([3, 1, 2, 0]);
        hits[1].Score.ShouldBe(60, 0.5f);
    }

    [Fact]
    public void Candidates_of_few_bits_scored_again_rank_as_the_whole_vectors_do()
    {
        Tensor queries = Vectors.Random(1, 9, 64), vectors = Vectors.Random(2, 400, 64);
        var options = new SearchOptions { TopK = 5, RescoreMultiplier = 80, RescoreWith = VectorMatrix.Of(vectors) };
        SemanticSearch.Search(queries, Stored(vectors, Precision.Binary), options)
            .ShouldBe(SemanticSearch.Search(queries, vectors, new SearchOptions { TopK = 5 })); // every row was a candidate

        // Without other vectors, the whole query meets the signs, as in sentence-transformers.
        var binary = Stored(vectors, Precision.UBinary);
        var hits = SemanticSearch.Search(queries, binary, options with { RescoreWith = null, RescoreMultiplier = 2 });
        var signs = binary.Quantizer!.Restored(vectors);
        for (var query = 0; query < queries.Rows; query++)
        {
            var candidates = SemanticSearch.Search(Tensor.From(queries.Row(query), 1, 64), binary, new SearchOptions { TopK = 10 })[0].Select(hit => hit.Index);
            var scores = Similarity.Matrix(queries, signs).Row(query).ToArray();
            hits[query].ShouldBe(candidates.Select(row => new SearchHit(row, scores[row])).OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Index).Take(5));
        }
    }

    [Theory]
    [InlineData("npy")]
    [InlineData("safetensors")]
    public void A_mapped_file_finds_what_the_vectors_in_memory_do(string ending)
    {
        using var folder = new TemporaryFolder();
        Tensor queries = Vectors.Random(1, 3, 40), vectors = Vectors.Random(2, 700, 40);
        foreach (var precision in Precisions)
        {
            var corpus = Stored(vectors, precision);
            var path = folder.Of($"{precision}.{ending}");
            if (precision == Precision.BFloat16 && ending == "npy")
            {
                Should.Throw<ArgumentException>(() => corpus.Save(path)).Message.ShouldContain("NumPy has no bfloat16, so .npy files cannot hold it; use .safetensors");
                continue;
            }

            corpus.Save(path);
            var isBits = precision is Precision.Binary or Precision.UBinary;
            var mapped = VectorMatrix.Open(path, isBits ? precision : null);
            (mapped.Precision, mapped.Rows, mapped.Dimension, mapped.ByteCount).ShouldBe((precision, 700, 40, corpus.ByteCount));
            SemanticSearch.Search(queries, mapped).ShouldBe(SemanticSearch.Search(queries, corpus));
        }
    }

    [Fact]
    public void Bytes_without_ranges_are_not_guessed_at_and_ranges_of_other_vectors_are_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Of("v.npy");
        Stored(Vectors.Random(1, 10, 16), Precision.Int8).Save(path);
        File.Delete(QuantizationRanges.PathBeside(path));
        Should.Throw<CheckpointFormatException>(() => VectorMatrix.Open(path)).Message.ShouldContain("v.npy.ranges.safetensors");
        Should.Throw<CheckpointFormatException>(() => VectorMatrix.Open(path, Precision.Int8)).Message.ShouldContain("v.npy.ranges.safetensors");
        Should.Throw<CheckpointFormatException>(() => VectorMatrix.Open(path, Precision.Float32)).Message.ShouldContain("I8[10, 16]");
        QuantizationRanges.Of(Vectors.Random(1, 10, 15)).Save(QuantizationRanges.PathBeside(path));
        Should.Throw<CheckpointFormatException>(() => VectorMatrix.Open(path)).Message.ShouldContain("other vectors");

        // Bits saved in place of bytes leave no ranges behind.
        Stored(Vectors.Random(1, 10, 125), Precision.Binary).Save(path);
        File.Exists(QuantizationRanges.PathBeside(path)).ShouldBeFalse();
        VectorMatrix.Open(path, Precision.Binary, 125).Dimension.ShouldBe(125);
        Should.Throw<CheckpointFormatException>(() => VectorMatrix.Open(path, Precision.Binary, 129)).Message.ShouldContain("129");
    }

    [Fact]
    public void A_damaged_file_is_an_error_that_names_it()
    {
        using var folder = new TemporaryFolder();
        foreach (var ending in (string[])["npy", "safetensors"])
        {
            var path = folder.Of("v." + ending);
            VectorMatrix.Of(Vectors.Random(1, 10, 16)).Save(path);
            var bytes = File.ReadAllBytes(path);
            foreach (var length in (int[])[bytes.Length - 1, bytes.Length / 2, 20, 0])
            {
                File.WriteAllBytes(path, bytes[..length]);
                Should.Throw<CheckpointFormatException>(() => VectorMatrix.Open(path)).Message.ShouldStartWith(path);
            }
        }

        Should.Throw<CheckpointFormatException>(() => VectorMatrix.Open(Fixtures.Own("util/expected.safetensors"))).Message.ShouldContain("embeddings");
        VectorMatrix.Open(Fixtures.Own("util/expected.safetensors"), name: "a").Rows.ShouldBe(12);
        Should.Throw<ArgumentException>(() => VectorMatrix.Of(Vectors.Random(1, 2, 2)).Save(folder.Of("v.txt"))).Message.ShouldContain(".npy");
    }

    [Fact]
    public void Vectors_and_options_that_do_not_fit_are_named()
    {
        Tensor x = Vectors.Random(1, 4, 8), y = Vectors.Random(1, 4, 7);
        Should.Throw<ArgumentException>(() => SemanticSearch.Search(y, Stored(x, Precision.Int8))).Message.ShouldContain("Int8[4, 8]");
        Should.Throw<ArgumentException>(() => VectorMatrix.Quantize(y, new Quantizer(Precision.Binary, 8))).Message.ShouldContain("8 elements");
        var options = new SearchOptions { RescoreMultiplier = 2, RescoreWith = VectorMatrix.Of(y) };
        Should.Throw<ArgumentException>(() => SemanticSearch.Search(x, x, options)).Message.ShouldContain("Float32[4, 7]");
        Should.Throw<ArgumentException>(() => SemanticSearch.Search(x, x, options with { RescoreMultiplier = 0 })).Message.ShouldContain("RescoreMultiplier");
    }

    private static VectorMatrix Stored(Tensor vectors, Precision precision) => precision == Precision.Float32
        ? VectorMatrix.Of(vectors)
        : VectorMatrix.Quantize(vectors, new Quantizer(precision, vectors.Columns, QuantizationRanges.Of(vectors)));

    // The reference: every vector restored, every score computed, all sorted.
    private static IEnumerable<SearchHit> ByComparingAll(Tensor queries, int query, VectorMatrix corpus, SearchOptions options)
    {
        var restored = Tensor.Zeros(corpus.Rows, corpus.Dimension);
        for (var row = 0; row < corpus.Rows; row++)
        {
            corpus.Restore(row, restored.Writable.Slice(row * corpus.Dimension, corpus.Dimension));
        }

        var scores = corpus.Precision is Precision.Binary or Precision.UBinary
            ? [.. Enumerable.Range(0, corpus.Rows).Select(row => OfSigns(queries.Row(query), restored.Row(row), options.Similarity))]
            : Similarity.Matrix(queries, restored, options.Similarity).Row(query).ToArray();
        return scores
            .Select((score, index) => new SearchHit(index, score))
            .Where(hit => options.Filter?.Invoke(hit.Index) ?? true)
            .OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Index)
            .Take(options.TopK);
    }

    private static float OfSigns(ReadOnlySpan<float> query, ReadOnlySpan<float> signs, SimilarityFunction similarity)
    {
        var differing = 0;
        for (var i = 0; i < query.Length; i++)
        {
            differing += query[i] > 0 == signs[i] > 0 ? 0 : 1;
        }

        return similarity switch
        {
            SimilarityFunction.Cosine => (float)(1 - (2.0 * differing / query.Length)),
            SimilarityFunction.DotProduct => query.Length - (2 * differing),
            SimilarityFunction.Euclidean => (float)(-2 * Math.Sqrt(differing)),
            _ => -2f * differing,
        };
    }
}
