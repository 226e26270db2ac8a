using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Tests;

/// <summary>Parity with sentence-transformers, from text to vectors, on the folders that it saved.</summary>
public class SentenceTransformerTests
{
    private const float Tolerance = 2e-5f;

    [Theory]
    [InlineData("mean-normalize")]
    [InlineData("cls-dense")]
    [InlineData("prompts-dot")]
    [InlineData("prompts-excluded")]
    [InlineData("multi-pool-layernorm")]
    public void Every_recorded_result_is_reproduced(string name)
    {
        var folder = Fixtures.Own("st/" + name);
        var model = SentenceTransformer.Load(folder);
        var expected = SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors"));
        var sentences = Sentences(folder);
        var compared = 0;
        foreach (var info in expected.Tensors)
        {
            var options = info.Name switch
            {
                "encode" => new EncodeOptions(),
                "encode_normalized" => new EncodeOptions { Normalize = true },
                _ when info.Name.StartsWith("encode_prompt.", StringComparison.Ordinal) => new EncodeOptions { PromptName = info.Name["encode_prompt.".Length..] },
                _ when info.Name.StartsWith("encode_truncate_", StringComparison.Ordinal) => new EncodeOptions
                {
                    Dimensions = info.Shape[1],
                    Normalize = info.Name.EndsWith("_normalized", StringComparison.Ordinal),
                },
                _ => null,
            };
            var actual = info.Name switch
            {
                "encode_query" => model.EncodeQuery(sentences).Vectors,
                "encode_document" => model.EncodeDocument(sentences).Vectors,
                "similarity" => model.Similarity(model.Encode(sentences), model.Encode(sentences)),
                _ => options is null ? null : model.Encode(sentences, options).Vectors,
            };
            if (actual is not null)
            {
                ShouldBeNear(actual.Values, expected.Read(info.Name).Values, info.Name);
                compared++;
            }
        }

        compared.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Theory]
    [InlineData("mean-normalize")]
    [InlineData("prompts-dot")]
    public void Token_vectors_and_counts_are_reproduced(string name)
    {
        var folder = Fixtures.Own("st/" + name);
        var model = SentenceTransformer.Load(folder);
        var expected = SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors"));
        var mask = expected.ReadInt64("attention_mask");
        var tokens = expected.Read("token_embeddings");
        var width = tokens.Shape[1];
        var sentences = Sentences(folder);
        var actual = model.EncodeTokens(sentences);
        var counts = model.Encode(sentences).TokenCounts;
        for (var i = 0; i < sentences.Length; i++)
        {
            var count = mask.Skip(i * width).Take(width).Count(m => m != 0);
            counts[i].ShouldBe(count);
            ShouldBeNear(actual[i].Values, tokens.Values.Slice(i * width * tokens.Columns, count * tokens.Columns), sentences[i]);
        }
    }

    [Fact]
    public void A_sentence_has_the_same_bits_alone_in_any_batch_in_any_order_with_any_threads()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var sentences = Sentences(Fixtures.Own("st/mean-normalize")).Concat(Enumerable.Range(0, 300).Select(i => string.Join(' ', Enumerable.Repeat("the man", i % 9)))).ToArray();
        var together = model.Encode(sentences);
        var backwards = model.Encode([.. sentences.Reverse()], new EncodeOptions { BatchTokens = 37, MaxThreads = 1 });
        for (var i = 0; i < sentences.Length; i++)
        {
            together[i].SequenceEqual(backwards[sentences.Length - 1 - i]).ShouldBeTrue(sentences[i]);
            together[i].SequenceEqual(model.Encode(sentences[i])).ShouldBeTrue(sentences[i]);
        }
    }

    [Fact]
    public void Many_callers_at_once_get_the_same_bits()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/cls-dense"));
        var sentences = Sentences(Fixtures.Own("st/cls-dense"));
        var expected = model.Encode(sentences).Vectors.Values.ToArray();
        var results = new float[8][];
        var callers = Enumerable.Range(0, results.Length).Select(i => new Thread(() =>
        {
            for (var repeat = 0; repeat < 20; repeat++)
            {
                results[i] = model.Encode(sentences).Vectors.Values.ToArray();
            }
        })).ToList();
        callers.ForEach(caller => caller.Start());
        callers.ForEach(caller => caller.Join());
        results.ShouldAllBe(result => result.SequenceEqual(expected));
    }

    public static TheoryData<string> StrangeTexts => new()
    {
        "", " ", "\t\n\r", "\0", "\u0001\u0002\uFFFD", "\uD800", "\uDC00 low first", "a\uD83D", "👍🏽👨‍👩‍👧", "\u200B\u200D\uFEFF", "a" + new string('\u0301', 5000),
        new string('a', 1 << 20), new string('漢', 100_000), string.Concat(Enumerable.Repeat("[MASK]", 1000)), "[CLS] [SEP] [PAD]",
    };

    [Theory]
    [MemberData(nameof(StrangeTexts))]
    public void No_text_gives_an_exception_or_a_number_that_is_not_finite(string text)
    {
        foreach (var name in new[] { "mean-normalize", "cls-dense", "prompts-excluded", "multi-pool-layernorm" })
        {
            var vector = SentenceTransformer.Load(Fixtures.Own("st/" + name)).Encode(text);
            vector.ShouldAllBe(value => float.IsFinite(value));
        }
    }

    [Fact]
    public void Truncation_is_visible_and_can_be_an_error()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")); // sixteen tokens
        var texts = new[] { "a man", string.Join(' ', Enumerable.Repeat("man", 50)), "a man" };
        var embeddings = model.Encode(texts);
        embeddings.Truncated.ShouldBe([false, true, false]);
        embeddings.TokenCounts[1].ShouldBe(16);
        var fault = Should.Throw<TextTooLongException>(() => model.Encode(texts, new EncodeOptions { Truncation = Truncation.Error }));
        (fault.Index, fault.Limit, fault.TokenCount).ShouldBe((1, 16, 52));
        fault.Message.ShouldStartWith("The text at index 1 has 52 tokens, and the model takes at most 16; ");
    }

    [Fact]
    public async Task The_first_text_that_is_too_long_is_named_whatever_the_threads_do()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var longText = string.Join(' ', Enumerable.Repeat("man", 50));
        var texts = Enumerable.Range(0, 5000).Select(i => i % 64 == 63 || i > 200 ? longText : "a man").ToArray();
        var options = new EncodeOptions { Truncation = Truncation.Error };
        for (var i = 0; i < 5; i++)
        {
            Should.Throw<TextTooLongException>(() => model.Encode(texts, options)).Index.ShouldBe(63);
        }

        texts = [.. Enumerable.Repeat("a man", 4500), .. texts];
        (await Should.ThrowAsync<TextTooLongException>(async () => await model.EncodeAsync(texts.ToAsyncEnumerable(), options).CountAsync())).Index.ShouldBe(4563);
    }

    [Fact]
    public void A_counter_counts_the_texts_of_all_calls_and_those_that_were_cut()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var texts = new[] { "a man", string.Join(' ', Enumerable.Repeat("man", 50)), "a man" };
        var counter = new TextCounter();
        var tokens = model.Encode(texts, new EncodeOptions { Counter = counter }).TokenCounts.Sum();
        (counter.Count, counter.TokenCount, counter.TruncatedCount, counter.Limit).ShouldBe((3, tokens, 1, 16));
        tokens += model.Encode(texts, new EncodeOptions { Counter = counter, Truncation = Truncation.Chunk }).TokenCounts.Sum();
        (counter.Count, counter.TokenCount, counter.TruncatedCount).ShouldBe((6, tokens, 1));
    }

    [Fact]
    public void Options_that_do_not_fit_the_model_are_named()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/prompts-dot"));
        Should.Throw<ArgumentException>(() => model.Encode(["a"], new EncodeOptions { PromptName = "passage" })).Message.ShouldContain("query, document");
        Should.Throw<ArgumentException>(() => model.Encode(["a"], new EncodeOptions { Dimensions = 33 })).Message.ShouldContain("32");
        Should.Throw<ArgumentException>(() => model.Encode(["a"], new EncodeOptions { BatchTokens = 0 }));
        Should.Throw<ArgumentException>(() => model.Encode([null!])).Message.ShouldContain("Text 0");
        model.Encode([]).Count.ShouldBe(0);
    }

    [Fact]
    public void A_literal_prompt_wins_over_a_name()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/prompts-dot"));
        var literal = model.Encode(["a horse"], new EncodeOptions { Prompt = "is a ", PromptName = "query" });
        literal[0].SequenceEqual(model.EncodeDocument(["a horse"])[0]).ShouldBeTrue();
    }

    [Fact]
    public async Task A_stream_gives_the_same_vectors_in_order()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var sentences = Enumerable.Range(0, 20_000).Select(i => $"the man {i % 777} is riding {i % 13} a horse").ToArray();
        var expected = model.Encode(sentences);
        var index = 0;
        await foreach (var embedding in model.EncodeAsync(sentences.ToAsyncEnumerable()))
        {
            embedding.Text.ShouldBe(sentences[index]);
            embedding.Vector.Span.SequenceEqual(expected[index]).ShouldBeTrue();
            embedding.TokenCount.ShouldBe(expected.TokenCounts[index]);
            index++;
        }

        index.ShouldBe(sentences.Length);
    }

    [Fact]
    public async Task A_stream_looks_ahead_only_so_far()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var read = 0;
        async IAsyncEnumerable<string> Endless()
        {
            while (true)
            {
                read++;
                yield return "a man";
                await Task.Yield();
            }
        }

        await foreach (var _ in model.EncodeAsync(Endless()))
        {
            break;
        }

        read.ShouldBeLessThanOrEqualTo(3 * 1024 * Workers.Shared.Count);
    }

    [Fact]
    public async Task Canceling_stops_an_encoding()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        using var source = new CancellationTokenSource();
        var progress = new Immediate(_ => source.Cancel());
        Should.Throw<OperationCanceledException>(() => model.Encode(Enumerable.Repeat("a man", 50_000).ToArray(), null, progress, source.Token));
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in model.EncodeAsync(new[] { "a" }.ToAsyncEnumerable(), null, source.Token))
            {
            }
        });
    }

    [Fact]
    public void Progress_reaches_the_end()
    {
        var model = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
        var last = 0;
        model.Encode(Enumerable.Repeat("a man", 5000).ToArray(), null, new Immediate(p => InterlockedMax(ref last, p.Done)));
        last.ShouldBe(5000);
    }

    [Fact]
    public void A_plain_transformer_folder_gets_mean_pooling()
    {
        var folder = Directory.CreateTempSubdirectory("semblance-");
        try
        {
            foreach (var file in new[] { "config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json" })
            {
                File.Copy(Fixtures.Own("st/mean-normalize/" + file), Path.Combine(folder.FullName, file));
            }

            var model = SentenceTransformer.Load(folder.FullName);
            model.ToString().ShouldContain("Pooling(mean)");
            var whole = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize"));
            ShouldBeNear(model.Encode("A man is eating food.", new EncodeOptions { Normalize = true }), whole.Encode("A man is eating food."), "mean");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_pipeline_prints_itself() => SentenceTransformer.Load(Fixtures.Own("st/cls-dense")).ToString().ReplaceLineEndings("\n").ShouldBe(
        """
        SentenceTransformer(
          (0) Transformer(bert, 2 layers, hidden 32, at most 64 tokens)
          (1) Pooling(cls)
          (2) Dense(32 → 20, Tanh)
        )
        """.ReplaceLineEndings("\n"));

    /// <summary>The sentences that the results of a folder were recorded for.</summary>
    internal static string[] Sentences(string folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        return [.. document.RootElement.GetProperty("sentences").EnumerateArray().Select(sentence => sentence.GetString()!)];
    }

    private static void ShouldBeNear(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, string what)
    {
        actual.Length.ShouldBe(expected.Length, what);
        for (var i = 0; i < expected.Length; i++)
        {
            if (!(MathF.Abs(actual[i] - expected[i]) <= Tolerance))
            {
                Assert.Fail($"{what}: element {i} is {actual[i]}, expected {expected[i]}.");
            }
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }

    private sealed class Immediate(Action<EncodeProgress> report) : IProgress<EncodeProgress>
    {
        public void Report(EncodeProgress value) => report(value);
    }
}
