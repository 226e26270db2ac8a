using System.IO.Compression;
using Semblance.Checkpoints;
using Semblance.Generation;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Generation;
using Semblance.Transformers.Tasks;

namespace Semblance.Tests.Generation;

public class TextGeneratorTests
{
    [Theory]
    [InlineData("gpt2-lm")]
    [InlineData("t5")]
    [InlineData("t5-v1_1")]
    public void Each_greedy_token_is_the_likeliest_of_the_whole_sequence_without_a_cache(string folder)
    {
        var generator = Generator(folder);
        var task = TaskModel.Load(Folder(folder));
        int[] prompt = [5, 9, 30];
        var tokens = generator.GenerateTokens(prompt, new GenerationConfig { MaxNewTokens = 12, DecoderStartTokenId = 0 })[0].Tokens;
        tokens.Count.ShouldBe(12);
        int[] start = task.HasDecoder ? [0] : prompt;
        for (var i = 0; i < tokens.Count; i++)
        {
            int[] sequence = [.. start, .. tokens.Take(i)];
            using var run = new Computation();
            var logits = task.HasDecoder
                ? task.Forward(run, PackedBatch.From([prompt]), PackedBatch.From([sequence]))["logits"]
                : task.Forward(run, PackedBatch.From([sequence]))["logits"];
            tokens[i].ShouldBe(System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits.Row(logits.Rows - 1)), $"token {i}");
        }
    }

    [Fact]
    public void Greedy_generation_goes_on_from_every_recorded_beginning_with_the_likeliest_token_that_the_original_recorded()
    {
        var generator = Generator("gpt2-lm");
        foreach (var (_, tokens, likeliest) in Recorded("gpt2-lm"))
        {
            for (var i = 0; i < tokens.Length; i++)
            {
                generator.GenerateTokens(tokens[..(i + 1)], new GenerationConfig { MaxNewTokens = 1 })[0].Tokens.ShouldBe([likeliest[i]], $"token {i}");
            }
        }
    }

    [Theory]
    [InlineData("t5")]
    [InlineData("t5-v1_1")]
    public void Greedy_generation_from_a_recorded_source_begins_with_the_likeliest_tokens_that_the_original_recorded(string folder)
    {
        var generator = Generator(folder);
        foreach (var (source, tokens, likeliest) in Recorded(folder))
        {
            var config = new GenerationConfig { MaxNewTokens = 2, DecoderStartTokenId = tokens[0] };
            generator.GenerateTokens(source, config)[0].Tokens[0].ShouldBe(likeliest[0]);
            generator.GenerateTokens(source, config with { ForcedBosTokenId = tokens[1] })[0].Tokens.ShouldBe([tokens[1], likeliest[1]]);
        }
    }

    [Theory]
    [InlineData("gpt2-lm")]
    [InlineData("t5")]
    [InlineData("t5-v1_1")]
    public void Through_the_cache_each_recorded_token_is_followed_by_the_likeliest_that_the_original_recorded(string folder)
    {
        var model = LanguageModel.Load(Folder(folder));
        foreach (var (source, tokens, likeliest) in Recorded(folder))
        {
            var decoding = model.Begin(source);
            for (var i = 0; i < tokens.Length; i++)
            {
                using var run = new Computation();
                System.Numerics.Tensors.TensorPrimitives.IndexOfMax(decoding.Next(run, [tokens[i]]).Row(0)).ShouldBe(likeliest[i], $"token {i}");
            }
        }
    }

    [Theory]
    [InlineData("gpt2-lm")]
    [InlineData("t5")]
    public void The_score_of_a_beam_is_the_mean_logarithm_of_its_probabilities_without_a_cache(string folder)
    {
        var generator = Generator(folder);
        var task = TaskModel.Load(Folder(folder));
        int[] prompt = [5, 9, 30];
        var config = new GenerationConfig { MaxNewTokens = 8, NumBeams = 4, NumReturnSequences = 4, DecoderStartTokenId = 0, EosTokenIds = [1] };
        var beams = generator.GenerateTokens(prompt, config);
        beams.Count.ShouldBe(4);
        beams.Select(beam => beam.Score!.Value).ShouldBe(beams.Select(beam => beam.Score!.Value).OrderDescending());
        foreach (var beam in beams)
        {
            int[] start = task.HasDecoder ? [0] : prompt;
            int[] sequence = [.. start, .. beam.Tokens];
            using var run = new Computation();
            var logits = task.HasDecoder
                ? task.Forward(run, PackedBatch.From([prompt]), PackedBatch.From([sequence]))["logits"]
                : task.Forward(run, PackedBatch.From([sequence]))["logits"];
            var sum = 0.0;
            for (var i = 0; i < beam.Tokens.Count; i++)
            {
                var row = logits.Row(start.Length + i - 1).ToArray();
                sum += row[beam.Tokens[i]] - row.Max() - Math.Log(row.Sum(l => Math.Exp(l - row.Max())));
            }

            beam.Score!.Value.ShouldBe(sum / beam.Tokens.Count, 1e-4);
        }
    }

    [Fact]
    public void The_same_seed_draws_the_same_tokens_on_any_number_of_threads()
    {
        var generator = Generator("gpt2-lm");
        IReadOnlyList<int> Draw(int seed, int maxThreads) => generator.GenerateTokens(
            [5, 9], new GenerationConfig { DoSample = true, MaxNewTokens = 30, Seed = seed, MaxThreads = maxThreads, Temperature = 2, TopP = 0.95f })[0].Tokens;
        Draw(7, 1).ShouldBe(Draw(7, 2));
        Draw(7, 1).ShouldNotBe(Draw(8, 1));
    }

    [Fact]
    public void Several_sequences_are_drawn_one_after_another()
    {
        var sequences = Generator("gpt2-lm").GenerateTokens([5], new GenerationConfig { DoSample = true, NumReturnSequences = 3, MaxNewTokens = 20, Seed = 1 });
        sequences.Select(sequence => string.Join(' ', sequence.Tokens)).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void A_sequence_ends_at_any_of_several_tokens_but_not_before_its_least_length()
    {
        var generator = Generator("gpt2-lm");
        var free = generator.GenerateTokens([5, 9], new GenerationConfig { MaxNewTokens = 10 })[0].Tokens;
        var config = new GenerationConfig { MaxNewTokens = 10, EosTokenIds = [free[4], free[2]] };
        var ended = generator.GenerateTokens([5, 9], config)[0];
        ended.FinishReason.ShouldBe(FinishReason.EndOfSequence);
        var first = free.ToList().FindIndex(token => token == free[4] || token == free[2]);
        ended.Tokens.ShouldBe(free.Take(first + 1));

        var longer = generator.GenerateTokens([5, 9], config with { MinNewTokens = 6 })[0];
        longer.Tokens.Count.ShouldBeGreaterThan(6);
        longer.Tokens.Take(6).ShouldNotContain(free[2]);
    }

    [Fact]
    public void Tokens_in_a_row_and_forbidden_ones_do_not_come()
    {
        var tokens = Generator("gpt2-lm").GenerateTokens([5], new GenerationConfig { MaxNewTokens = 40, NoRepeatNgramSize = 2, SuppressTokens = [3, 4] })[0].Tokens;
        tokens.Zip(tokens.Skip(1)).Distinct().Count().ShouldBe(39);
        tokens.ShouldNotContain(3);
        tokens.ShouldNotContain(4);
    }

    [Fact]
    public void The_last_token_can_be_forced()
    {
        var config = new GenerationConfig { MaxNewTokens = 5, ForcedEosTokenIds = [17], ForcedBosTokenId = 4, DecoderStartTokenId = 0 };
        var tokens = Generator("t5").GenerateTokens([5, 6], config)[0].Tokens;
        (tokens[0], tokens[^1]).ShouldBe((4, 17));
    }

    [Fact]
    public async Task The_pieces_of_a_stream_are_the_text_and_a_canceled_one_stops()
    {
        var generator = Generator("gpt2-lm");
        var config = new GenerationConfig { MaxNewTokens = 30, DoSample = true, Seed = 3 };
        var pieces = new List<string>();
        await foreach (var piece in generator.StreamAsync("a b", config))
        {
            piece.ShouldNotBeEmpty();
            pieces.Add(piece);
        }

        pieces.Count.ShouldBeGreaterThan(1);
        string.Concat(pieces).ShouldBe(generator.Generate("a b", config));
        var beams = new List<string>();
        await foreach (var piece in generator.StreamAsync("a b", config with { NumBeams = 2 }))
        {
            beams.Add(piece);
        }

        beams.ShouldBe([generator.Generate("a b", config with { NumBeams = 2 })]);

        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var piece in generator.StreamAsync("a b", config, stop.Token))
            {
                await stop.CancelAsync();
            }
        });
    }

    [SharedTheory]
    [InlineData("gpt2")]
    [InlineData("t5-small")]
    [InlineData("spm1k-bpe")]
    [InlineData("xlm-roberta-base")]
    public void Tokens_of_a_published_tokenizer_one_by_one_give_the_text_of_all_of_them(string folder) => DecodeOneByOne(Fixtures.InShared("fixtures/tokenizers/" + folder));

    [Theory]
    [InlineData("byte-level-bpe")]
    [InlineData("sentencepiece-bpe-llama")] // bytes as tokens of their own
    [InlineData("unigram-xlm-roberta")]
    public void Tokens_one_by_one_give_the_text_of_all_of_them_and_no_broken_character(string folder) => DecodeOneByOne(Fixtures.Own("tokenizers/" + folder));

    private static void DecodeOneByOne(string path)
    {
        var tokenizer = LoadTokenizer(path);
        foreach (var text in (string[])["Hello, world!", "naïve café — 日本語のテキスト", "👩‍👩‍👧 emoji 🎉🎉 end", "  two  spaces\n\nlines\t", "", "汉字"])
        {
            int[] ids = [.. tokenizer.Encode(text).Ids];
            var stream = new DecodeStream(tokenizer);
            var pieces = ids.Select(stream.Next).ToList();
            pieces.ShouldAllBe(piece => !piece.EndsWith('\uFFFD'));
            string.Concat([.. pieces, stream.Finish()]).ShouldBe(tokenizer.Decode(ids));
        }
    }

    [Fact]
    public void Half_a_character_at_the_end_is_handed_out_at_last()
    {
        var tokenizer = Tokenizer.Load(Fixtures.Own("tokenizers/byte-level-bpe"));
        int[] ids = [.. tokenizer.Encode("ab🎉").Ids];
        var stream = new DecodeStream(tokenizer);
        string.Concat(ids[..^1].Select(stream.Next)).ShouldBe("ab");
        stream.Finish().ShouldBe("\uFFFD");
        stream.Finish().ShouldBe("");
    }

    [Fact]
    public void Prompts_and_settings_that_cannot_be_are_refused()
    {
        var generator = Generator("gpt2-lm");
        var positions = generator.Model.MaxPositions;
        Should.Throw<ArgumentException>(() => generator.GenerateTokens(new int[positions])).Message.ShouldContain($"{positions} tokens");
        Should.Throw<ArgumentException>(() => generator.GenerateTokens(new int[9], new GenerationConfig { MaxLength = 9 })).Message.ShouldContain("max_length");
        Should.Throw<ArgumentException>(() => generator.GenerateTokens([], new GenerationConfig())).Message.ShouldContain("prompt");
        generator.GenerateTokens(new int[positions - 3], new GenerationConfig { MaxNewTokens = 50 })[0].Tokens.Count.ShouldBe(3);
        generator.GenerateTokens([], new GenerationConfig { BosTokenId = 2, MaxNewTokens = 2 })[0].Tokens.Count.ShouldBe(2);
        generator.GenerateTokens([1], new GenerationConfig())[0].Tokens.Count.ShouldBe(20);
        foreach (var config in (GenerationConfig[])[
            new() { DoSample = true, Temperature = 0 }, new() { DoSample = true, TopP = 0 }, new() { DoSample = true, TopP = float.NaN }, new() { NumBeams = 0 }, new() { MaxNewTokens = 0 }, new() { RepetitionPenalty = -1 },
            new() { NumReturnSequences = 2 }, new() { NumBeams = 2, NumReturnSequences = 3 }, new() { ForcedEosTokenIds = [int.MaxValue] }])
        {
            Should.Throw<ArgumentOutOfRangeException>(() => generator.GenerateTokens([1], config));
        }

        Should.Throw<ArgumentException>(() => generator.GenerateTokens([1], new GenerationConfig { SuppressTokens = [.. Enumerable.Range(0, generator.Model.VocabularySize)] }));
    }

    [Fact]
    public void The_configuration_is_read_as_the_original_does()
    {
        GenerationConfig.Load(Folder("t5")).ShouldSatisfyAllConditions(
            config => config.EosTokenIds.ShouldBe([1]), config => config.DecoderStartTokenId.ShouldBe(0), config => config.DoSample.ShouldBeFalse());
        GenerationConfig.Load(Folder("llama")).ShouldSatisfyAllConditions( // from config.json
            config => config.EosTokenIds.ShouldBe([2]), config => config.BosTokenId.ShouldBe(1), config => config.TopK.ShouldBe(50));
    }

    [Fact]
    public void Every_setting_of_a_file_counts_and_what_is_not_supported_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("semblance-");
        try
        {
            var path = Path.Combine(folder.FullName, "generation_config.json");
            File.WriteAllText(path, """
                {"max_new_tokens": 7, "max_length": 30, "min_new_tokens": 2, "do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.95, "min_p": 0.1, "num_beams": 4,
                 "early_stopping": "never", "length_penalty": 0.8, "repetition_penalty": 1.1, "no_repeat_ngram_size": 3, "eos_token_id": [5, 6], "forced_eos_token_id": 5, "num_beam_groups": 1}
                """);
            var config = GenerationConfig.Load(folder.FullName);
            (config.MaxNewTokens, config.MaxLength, config.MinNewTokens, config.DoSample, config.Temperature, config.TopK, config.TopP, config.MinP).ShouldBe((7, 30, 2, true, 0.6f, 20, 0.95f, 0.1f));
            (config.NumBeams, config.EarlyStopping, config.LengthPenalty, config.RepetitionPenalty, config.NoRepeatNgramSize).ShouldBe((4, EarlyStopping.Never, 0.8f, 1.1f, 3));
            config.EosTokenIds.ShouldBe([5, 6]);
            config.ForcedEosTokenIds.ShouldBe([5]);
            foreach (var (json, field) in ((string, string)[])[
                ("""{"num_beam_groups": 2}""", "num_beam_groups"), ("""{"early_stopping": 3}""", "early_stopping"), ("""{"eos_token_id": [0.5]}""", "eos_token_id"), ("""{"do_sample": true, "temperature": -1}""", "'temperature': Temperature must be above 0."),
                ("""{"num_return_sequences": 2}""", "'num_return_sequences': A beam search returns at most NumBeams sequences")])
            {
                File.WriteAllText(path, json);
                Should.Throw<ModelFormatException>(() => GenerationConfig.Load(folder.FullName)).Message.ShouldSatisfyAllConditions(m => m.ShouldContain(field), m => m.ShouldContain(path));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("-1", new int[0])]
    [InlineData("[2, -1]", new[] { 2 })]
    public void A_negative_id_ends_no_sequence_and_is_named_in_a_warning(string ids, int[] kept)
    {
        var folder = Directory.CreateTempSubdirectory("semblance-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "generation_config.json"), $$"""{"eos_token_id": {{ids}}, "_original_object_hash": "1", "_commit_hash": null}""");
            var config = GenerationConfig.Load(folder.FullName);
            config.EosTokenIds.ShouldBe(kept);
            config.Warnings.ShouldHaveSingleItem().ShouldEndWith("generation_config.json: 'eos_token_id' has a negative id, which is not a token and is ignored.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Tokenizer LoadTokenizer(string path)
    {
        if (!File.Exists(Path.Combine(path, "tokenizer.json.gz")))
        {
            return Tokenizer.Load(path);
        }

        var folder = Directory.CreateTempSubdirectory("semblance-");
        try
        {
            using (var source = new GZipStream(File.OpenRead(Path.Combine(path, "tokenizer.json.gz")), CompressionMode.Decompress))
            using (var target = File.Create(Path.Combine(folder.FullName, "tokenizer.json")))
            {
                source.CopyTo(target);
            }

            return Tokenizer.Load(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Folder(string model) => Fixtures.Own("models/" + model);

    // Of each recorded sequence, what the encoder saw, where there is one, the tokens, and the likeliest token after each of them.
    private static IEnumerable<(int[] Source, int[] Tokens, int[] Likeliest)> Recorded(string folder)
    {
        var file = SafetensorsFile.Open(Path.Combine(Folder(folder), "expected.safetensors"));
        var prefix = file.Contains("decoder_input_ids") ? "decoder_" : "";
        var (logits, width) = (file.Read("logits"), file.Info(prefix + "input_ids").Shape[1]); // [sequences × width × vocabulary]
        var sequences = Sequences("");
        foreach (var (tokens, row) in Sequences(prefix).Select((tokens, row) => (tokens, row)))
        {
            yield return (prefix == "" ? [] : sequences[row], tokens, [.. Enumerable.Range(row * width, tokens.Length).Select(i => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits.Row(i)))]);
        }

        int[][] Sequences(string prefix)
        {
            var (ids, mask) = (file.ReadInt64(prefix + "input_ids"), file.ReadInt64(prefix + "attention_mask"));
            var width = file.Info(prefix + "input_ids").Shape[1];
            return [.. Enumerable.Range(0, ids.Length / width).Select(row => Enumerable.Range(row * width, width).Where(i => mask[i] != 0).Select(i => (int)ids[i]).ToArray())];
        }
    }

    // The recorded models have no tokenizer; any whose ids they know will do.
    private static TextGenerator Generator(string folder) =>
        new(LanguageModel.Load(Folder(folder)), Tokenizer.CreateBert(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, 80).Select(i => $"{(char)('a' + (i % 26))}{(i < 26 ? "" : i / 26)}")]));
}
