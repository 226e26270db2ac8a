using Microsoft.Extensions.AI;

namespace Semblance.Extensions.AI.Tests.Embeddings;

public class EmbeddingGeneratorTests
{
    private static readonly string[] Texts = ["A child is riding a bicycle.", "小狗在草地上奔跑。", "", "a"];

    [Fact]
    public async Task Vectors_have_the_bits_of_the_encoder()
    {
        var expected = Models.Default.Encode(Texts);
        var generated = await Models.Default.AsEmbeddingGenerator().GenerateAsync(Texts);
        generated.Select(embedding => embedding.Vector.ToArray()).ShouldBe(expected.ToJaggedArray());
        generated.Usage!.InputTokenCount.ShouldBe(expected.TokenCounts.Sum());
        generated.Usage.TotalTokenCount.ShouldBe(expected.TokenCounts.Sum());
        generated.ShouldAllBe(embedding => embedding.ModelId == "semblance" && embedding.Dimensions == Models.Default.Dimension);
    }

    [Fact]
    public async Task Half_vectors_are_rounded_vectors()
    {
        var expected = Models.Default.Encode(Texts[0]);
        var generated = await Models.Default.AsEmbeddingGenerator<Embedding<Half>>().GenerateAsync([Texts[0]]);
        generated[0].Vector.ToArray().ShouldBe(Array.ConvertAll(expected, value => (Half)value));
    }

    [Fact]
    public async Task Bits_are_the_signs()
    {
        var expected = Models.Default.Encode(Texts[0]);
        var generated = await Models.Default.AsEmbeddingGenerator<BinaryEmbedding>().GenerateAsync([Texts[0]]);
        generated[0].Vector.Cast<bool>().ShouldBe(expected.Select(value => value > 0));
    }

    [Fact]
    public async Task Signed_bytes_preserve_the_direction_or_use_the_ranges()
    {
        var vector = Models.Default.Encode(Texts[0]);
        var scaled = (await Models.Default.AsEmbeddingGenerator<Embedding<sbyte>>().GenerateAsync([Texts[0]]))[0].Vector.ToArray();
        scaled.Max(value => Math.Abs((int)value)).ShouldBe(127);
        Cosine(vector, Array.ConvertAll(scaled, value => (float)value)).ShouldBe(1, 1e-3);

        var ranges = QuantizationRanges.Of(Models.Default.Encode([.. Enumerable.Range(0, 100).Select(i => $"text {i}")]).Vectors);
        var stored = new byte[vector.Length];
        new Quantizer(Precision.Int8, vector.Length, ranges).Quantize(vector, stored);
        var ranged = await Models.Default.AsEmbeddingGenerator<Embedding<sbyte>>(settings: new EmbeddingSettings { Ranges = ranges })
            .GenerateAsync([Texts[0]]);
        ranged[0].Vector.ToArray().ShouldBe(Array.ConvertAll(stored, value => (sbyte)value));
    }

    [Fact]
    public void Another_type_of_embedding_is_not_supported() =>
        Should.Throw<NotSupportedException>(() => Models.Default.AsEmbeddingGenerator<Embedding<double>>())
            .Message.ShouldContain("Embedding<float>");

    [Fact]
    public async Task Nothing_is_encoded_for_no_texts()
    {
        var generated = await Models.Default.AsEmbeddingGenerator().GenerateAsync([]);
        generated.ShouldBeEmpty();
        generated.Usage!.InputTokenCount.ShouldBe(0);
    }

    [Fact]
    public async Task Options_of_a_request_are_those_of_the_encoder()
    {
        var generator = Models.Default.AsEmbeddingGenerator();
        var cut = await generator.GenerateAsync(Texts, new EmbeddingGenerationOptions { Dimensions = 64 });
        cut.Select(embedding => embedding.Vector.ToArray())
            .ShouldBe(Models.Default.Encode(Texts, new EncodeOptions { Dimensions = 64 }).ToJaggedArray());

        var prompted = await generator.GenerateAsync(Texts, new EmbeddingGenerationOptions
        {
            AdditionalProperties = new() { ["prompt"] = "title: ", ["normalize"] = true, ["truncation"] = "error" },
        });
        prompted.Select(embedding => embedding.Vector.ToArray())
            .ShouldBe(Models.Default.Encode(Texts, new EncodeOptions { Prompt = "title: ", Normalize = true }).ToJaggedArray());

        var raw = await generator.GenerateAsync(Texts, new EmbeddingGenerationOptions
        {
            RawRepresentationFactory = _ => new EncodeOptions { Dimensions = 32 },
        });
        raw[0].Vector.ToArray().ShouldBe(Models.Default.Encode(Texts[0], new EncodeOptions { Dimensions = 32 }));
    }

    [Fact]
    public async Task Queries_and_documents_have_their_prompts()
    {
        var generator = Models.Prompted.AsEmbeddingGenerator();
        var query = await generator.GenerateAsync(Texts, new EmbeddingGenerationOptions().WithInput(EmbeddingInput.Query));
        query.Select(embedding => embedding.Vector.ToArray()).ShouldBe(Models.Prompted.EncodeQuery(Texts).ToJaggedArray());
        var document = await generator.GenerateAsync(
            Texts, new EmbeddingGenerationOptions { AdditionalProperties = new() { ["input_type"] = "document" } });
        document.Select(embedding => embedding.Vector.ToArray()).ShouldBe(Models.Prompted.EncodeDocument(Texts).ToJaggedArray());
        query[0].Vector.ToArray().ShouldNotBe(document[0].Vector.ToArray());
    }

    [Theory]
    [InlineData("promt", "x", "Did you mean 'prompt'?")]
    [InlineData("prompt", 3, "a string is expected")]
    [InlineData("normalize", "yes", "true or false is expected")]
    [InlineData("truncation", "left", "cut, error, chunk is expected")]
    [InlineData("truncation", "1", "cut, error, chunk is expected")]
    public async Task An_unknown_option_is_an_error(string name, object value, string expected)
    {
        var options = new EmbeddingGenerationOptions { AdditionalProperties = new() { [name] = value } };
        (await Should.ThrowAsync<ArgumentException>(() => Models.Default.AsEmbeddingGenerator().GenerateAsync(["a"], options)))
            .Message.ShouldContain(expected);
    }

    [Fact]
    public async Task Another_model_is_an_error()
    {
        var generator = Models.Default.AsEmbeddingGenerator("mini");
        (await Should.ThrowAsync<ArgumentException>(
            () => generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { ModelId = "large" }))).Message.ShouldContain("'large'");
        (await generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { ModelId = "mini" }))[0].ModelId.ShouldBe("mini");
    }

    [Fact]
    public async Task A_canceled_request_ends()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(
            () => Models.Default.AsEmbeddingGenerator().GenerateAsync(Texts, cancellationToken: source.Token));
    }

    [Fact]
    public async Task Truncated_texts_are_reported()
    {
        var generated = await Models.Default.AsEmbeddingGenerator().GenerateAsync(["a", string.Concat(Enumerable.Repeat("word ", 2000))]);
        generated[0].AdditionalProperties.ShouldBeNull();
        generated[1].AdditionalProperties!["truncated"].ShouldBe(true);
        generated.AdditionalProperties!["truncated_count"].ShouldBe(1);
    }

    [Fact]
    public void Metadata_and_services_name_the_model()
    {
        var generator = Models.Default.AsEmbeddingGenerator("mini", new EmbeddingSettings { Encoding = new EncodeOptions { Dimensions = 64 } });
        var metadata = generator.GetService<EmbeddingGeneratorMetadata>()!;
        (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions).ShouldBe(("semblance", "mini", 64));
        generator.GetService<SentenceTransformer>().ShouldBeSameAs(Models.Default);
        generator.GetService<IEmbeddingGenerator<string, Embedding<float>>>().ShouldBeSameAs(generator);
        generator.GetService(typeof(SentenceTransformer), "key").ShouldBeNull();
    }

    [Fact]
    public async Task A_text_model_takes_no_images()
    {
        var images = Models.Default.AsImageEmbeddingGenerator();
        await Should.ThrowAsync<ArgumentException>(() => images.GenerateAsync([new DataContent(new byte[] { 1 }, "audio/wav")]));
    }

    [Fact]
    public async Task Sparse_vectors_are_those_of_the_encoder()
    {
        var generator = Models.Splade.AsEmbeddingGenerator();
        var expected = Models.Splade.Encode(Texts[..1]);
        var generated = await generator.GenerateAsync(Texts[..1]);
        generated[0].Vector.ToDense().ShouldBe(expected[0].ToDense());
        generated[0].Dimensions.ShouldBe(Models.Splade.Dimension);
        generated.Usage!.InputTokenCount.ShouldBe(expected.TokenCounts.Sum());
        var largest = await generator.GenerateAsync(Texts[..1], new EmbeddingGenerationOptions
        {
            RawRepresentationFactory = _ => new SparseEncodeOptions { MaxActiveDimensions = 2 },
        });
        largest[0].Vector.ActiveDimensions.ShouldBeLessThanOrEqualTo(2);
        (await Should.ThrowAsync<ArgumentException>(
            () => generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 5 }))).Message.ShouldContain("MaxActiveDimensions");
    }

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));
}
