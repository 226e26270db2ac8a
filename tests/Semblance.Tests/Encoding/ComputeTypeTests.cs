using Semblance.Tensors;

namespace Semblance.Tests;

/// <summary>Tests encoders that are loaded to compute in bfloat16 or int8.</summary>
public class ComputeTypeTests
{
    private static readonly string[] Texts =
    [
        .. Enumerable.Range(1, 30).Select(
            i => string.Join(' ', Enumerable.Range(0, (i * 5 % 17) + 1).Select(word => $"word {word * i} of"))),
    ];

    public static TheoryData<ComputeType> Types => [ComputeType.BFloat16, ComputeType.Int8];

    [Theory]
    [MemberData(nameof(Types))]
    public void Vectors_are_near_those_of_float32_and_have_the_same_bits_in_every_batch_and_on_every_number_of_threads(ComputeType type)
    {
        foreach (var folder in new[] { "mean-normalize", "cls-dense", "multi-pool-layernorm" })
        {
            var model = SentenceTransformer.Load(Fixtures.Own("st/" + folder), type);
            model.Compute.ShouldBe(type);
            var expected = SentenceTransformer.Load(Fixtures.Own("st/" + folder)).Encode(Texts).Vectors;
            var vectors = model.Encode(Texts).Vectors;
            vectors.Values.SequenceEqual(expected.Values).ShouldBeFalse();
            Similarity.Pairwise(vectors, expected, SimilarityFunction.Cosine).Average().ShouldBeGreaterThan(0.99f, folder);
            foreach (var options in new[] { new EncodeOptions { MaxThreads = 1 }, new EncodeOptions { BatchTokens = 40 } })
            {
                model.Encode(Texts, options).Vectors.Values.SequenceEqual(vectors.Values).ShouldBeTrue(folder);
            }

            model.Encode(Texts[7]).AsSpan().SequenceEqual(vectors.Row(7)).ShouldBeTrue(folder);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Scores_of_pairs_are_near_those_of_float32(ComputeType type)
    {
        foreach (var folder in new[] { "cross-encoder", "cross-encoder-nli" })
        {
            (string, string)[] pairs = [.. Texts.Zip(Texts.Skip(1))];
            var options = new PredictOptions { Activation = Activation.Identity };
            var expected = CrossEncoder.Load(Fixtures.Own("st/" + folder)).Predict(pairs, options).Scores;
            var scores = CrossEncoder.Load(Fixtures.Own("st/" + folder), type).Predict(pairs, options).Scores;
            scores.Values.SequenceEqual(expected.Values).ShouldBeFalse();
            for (var i = 0; i < scores.Length; i++)
            {
                scores.Values[i].ShouldBe(expected.Values[i], 0.1f, folder);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Sparse_and_token_vectors_are_near_those_of_float32(ComputeType type)
    {
        var sparse = SparseEncoder.Load(Fixtures.Own("st/splade"), type);
        var expected = SparseEncoder.Load(Fixtures.Own("st/splade")).Encode(Texts);
        var similarity = sparse.Similarity(sparse.Encode(Texts), expected);
        var own = sparse.Similarity(expected, expected);
        similarity.Values.SequenceEqual(own.Values).ShouldBeFalse();
        for (var i = 0; i < Texts.Length; i++)
        {
            similarity.Row(i)[i].ShouldBe(own.Row(i)[i], 0.05f * own.Row(i)[i]);
        }

        var tokens = MultiVectorEncoder.Of(SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"), type));
        tokens.Compute.ShouldBe(type);
        var exact = MultiVectorEncoder.Of(SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"))).Encode(Texts);
        var vectors = tokens.Encode(Texts);
        vectors[3].Values.SequenceEqual(exact[3].Values).ShouldBeFalse();
        Similarity.Pairwise(vectors[3], exact[3], SimilarityFunction.Cosine).Average().ShouldBeGreaterThan(0.98f);
    }

    [Fact]
    public async Task The_type_belongs_to_the_loaded_model_and_not_to_its_files()
    {
        using var folder = new TemporaryFolder();
        var model = await SentenceTransformer.LoadAsync(Fixtures.Own("st/mean-normalize"), compute: ComputeType.Int8);
        model.Save(folder.Path);
        var saved = SentenceTransformer.Load(folder.Path);
        saved.Compute.ShouldBe(ComputeType.Float32);
        saved.Encode(Texts).Vectors.Values
            .SequenceEqual(SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Encode(Texts).Vectors.Values).ShouldBeTrue();
        SentenceTransformer.LoadTrainable(folder.Path).Compute.ShouldBe(ComputeType.Float32);
    }

    [Fact]
    public void A_type_that_is_not_defined_is_refused() => Should.Throw<ArgumentOutOfRangeException>(
        () => SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"), (ComputeType)9)).Message.ShouldContain("not defined");
}
