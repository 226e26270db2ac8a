using System.Numerics.Tensors;

namespace Semblance.Tests.Chunking;

/// <summary>The vectors of texts beyond the model's limit.</summary>
public class ChunkedEncodingTests
{
    private const string Long = "A man is riding a horse. The man is eating, and the horse is not. 一个人在骑马。 A girl is playing! The man, a man, the horse; a man is riding";

    private static readonly EncodeOptions Chunked = new() { Truncation = Truncation.Chunk };

    [Theory]
    [InlineData("mean-normalize")]
    [InlineData("prompts-dot")]
    public void A_text_within_the_limit_has_the_very_bits_it_has_without_chunks(string name)
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/" + name));
        string[] texts = ["", "a man", "A man is riding a horse.", " the man "];
        foreach (var options in new[] { new EncodeOptions(), new EncodeOptions { Normalize = true, Dimensions = 8 }, new EncodeOptions { Prompt = "is: " } })
        {
            var plain = model.Encode(texts, options);
            var chunked = model.Encode(texts, options with { Truncation = Truncation.Chunk, ChunkOverlap = 2 });
            chunked.Vectors.Values.SequenceEqual(plain.Vectors.Values).ShouldBeTrue();
            chunked.TokenCounts.ShouldBe(plain.TokenCounts);
        }
    }

    [Fact]
    public void A_chunk_has_the_bits_of_a_text_of_its_own_behind_the_prompt()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/prompts-dot"));
        var options = new EncodeOptions { ChunkSize = 16, ChunkOverlap = 4, PromptName = "query" };
        var chunks = model.EncodeChunks(Long, options).ToArray();
        chunks.Length.ShouldBeGreaterThan(2);
        foreach (var (chunk, vector) in chunks)
        {
            var alone = model.Encode([chunk.Of(Long).ToString()], new EncodeOptions { PromptName = "query" });
            vector.Span.SequenceEqual(alone[0]).ShouldBeTrue();
            alone.TokenCounts[0].ShouldBe(chunk.TokenCount);
            chunk.TokenCount.ShouldBeLessThanOrEqualTo(16);
        }
    }

    [Theory]
    [InlineData("mean-normalize", 0)]
    [InlineData("mean-normalize", 5)]
    [InlineData("prompts-dot", 3)]
    public void A_long_texts_vector_is_made_of_those_of_its_chunks(string name, int overlap)
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/" + name));
        var options = Chunked with { ChunkSize = 16, ChunkOverlap = overlap };
        var chunks = model.EncodeChunks(Long, options).ToArray();
        var isUnit = name == "mean-normalize"; // the model's last module says so
        var mean = new double[model.Dimension];
        var max = new double[model.Dimension];
        for (var i = 0; i < mean.Length; i++)
        {
            mean[i] = chunks.Sum(chunk => (double)chunk.Vector.Span[i] * chunk.Chunk.TokenCount) / chunks.Sum(chunk => chunk.Chunk.TokenCount);
            max[i] = chunks.Max(chunk => chunk.Vector.Span[i]);
        }

        var embeddings = model.Encode([Long], options);
        ShouldBeNear(embeddings[0], mean, isUnit);
        ShouldBeNear(model.Encode(Long, options with { ChunkPooling = ChunkPooling.Max }), max, isUnit);
        TensorPrimitives.Norm(model.Encode(Long, options with { Normalize = true, Dimensions = 8 })).ShouldBe(1, 1e-5);
        (embeddings.TokenCounts[0], embeddings.Truncated[0]).ShouldBe((chunks.Sum(chunk => chunk.Chunk.TokenCount), false));
    }

    [Fact]
    public async Task A_long_text_has_the_same_bits_alone_in_any_batch_with_any_threads_and_in_a_stream()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var options = Chunked with { ChunkOverlap = 3 };
        var texts = Enumerable.Range(0, 40).Select(i => string.Join(' ', Enumerable.Repeat(Long, i % 5)) + i).ToArray();
        var together = model.Encode(texts, options);
        var backwards = model.Encode([.. texts.Reverse()], options with { BatchTokens = 20, MaxThreads = 1 });
        var place = 0;
        await foreach (var embedding in model.EncodeAsync(texts.ToAsyncEnumerable(), options))
        {
            embedding.Vector.Span.SequenceEqual(together[place]).ShouldBeTrue();
            backwards[texts.Length - 1 - place].SequenceEqual(together[place]).ShouldBeTrue();
            model.Encode(texts[place], options).AsSpan().SequenceEqual(together[place]).ShouldBeTrue();
            place++;
        }

        place.ShouldBe(texts.Length);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_named()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")); // sixteen tokens
        Should.Throw<ArgumentException>(() => model.Encode(Long, Chunked with { ChunkSize = 17 })).Message.ShouldContain("17");
        Should.Throw<ArgumentException>(() => model.Encode(Long, Chunked with { ChunkSize = 8, ChunkOverlap = 5 })).Message.ShouldContain("half");
        Should.Throw<ArgumentException>(() => model.Encode(Long, Chunked with { ChunkSize = 0 }));
        Should.Throw<ArgumentException>(() => model.Encode(Long, Chunked with { ChunkOverlap = -1 }));
        Should.Throw<ArgumentException>(() => model.Encode(Long, Chunked with { ChunkSize = 5, Prompt = "the man is riding a horse " })).Message.ShouldContain("no room");
        Should.Throw<ArgumentException>(() => model.Encode(["a", null!], Chunked)).Message.ShouldContain("Text 1");
        Should.Throw<ArgumentException>(() => model.EncodeTokens([Long], Chunked)).Message.ShouldContain("Chunks");
        var sparse = SparseEncoder.Load(Fixtures.Own("st/splade"));
        Should.Throw<ArgumentException>(() => sparse.Encode([Long], new SparseEncodeOptions { Truncation = Truncation.Chunk })).Message.ShouldContain("SentenceTransformer");
        model.Encode([], Chunked).Count.ShouldBe(0);
    }

    private static void ShouldBeNear(ReadOnlySpan<float> actual, double[] expected, bool isUnit)
    {
        var length = isUnit ? Math.Sqrt(expected.Sum(value => value * value)) : 1;
        for (var i = 0; i < expected.Length; i++)
        {
            ((double)actual[i]).ShouldBe(expected[i] / length, 1e-6);
        }
    }
}
