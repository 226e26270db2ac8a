using Semblance.Generation;
using Semblance.Tokenizers;
using Semblance.Transformers;
using Semblance.Transformers.Generation;

namespace Semblance.Tests.Generation;

public class StopStringsTests
{
    private static readonly Tokenizer Words = Tokenizer.CreateBert(
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "wor", "##ld", .. Enumerable.Range(0, 52).Select(i => $"{(char)('a' + (i % 26))}{(i < 26 ? "" : "x")}")]);

    // A string counts where its end lies in the last token, wherever it begins.
    [Theory]
    [InlineData("hello", "hello", true)]
    [InlineData("hello", "ell", true)]
    [InlineData("hello", "lo w", false)]
    [InlineData("hello wor", "lo w", true)]
    [InlineData("hello wor", "hello", false)]
    [InlineData("hello wor ##ld", "world", true)]
    [InlineData("hello wor ##ld", "wor", false)]
    [InlineData("hello wor ##ld", "hello world", true)]
    [InlineData("hello [SEP]", "[SEP]", true)]
    public void A_text_ends_where_the_end_of_a_string_lies_in_its_last_token(string tokens, string stop, bool ends) =>
        new StopStrings(Words, [stop]).EndIn([.. tokens.Split(' ').Select(token => Words.TokenToId(token)!.Value)]).ShouldBe(ends);

    [Fact]
    public void The_end_of_a_long_text_is_enough()
    {
        var stops = new StopStrings(Words, ["hello world", "zzz"]);
        int[] many = [.. Enumerable.Repeat(Words.TokenToId("a")!.Value, 500), Words.TokenToId("hello")!.Value, Words.TokenToId("wor")!.Value];
        stops.EndIn(many).ShouldBeFalse();
        stops.EndIn([.. many, Words.TokenToId("##ld")!.Value]).ShouldBeTrue();
        new StopStrings(Words, []).EndIn(many).ShouldBeFalse();
    }

    [Fact]
    public async Task Generation_ends_with_the_token_that_completes_a_string_and_says_why()
    {
        using var folder = new TemporaryFolder();
        var generator = Generator(folder);
        int[] prompt = [8, 9];
        var free = generator.GenerateTokens(prompt, new GenerationConfig { MaxNewTokens = 12, NoRepeatNgramSize = 1 })[0];
        free.FinishReason.ShouldBe(FinishReason.Length);
        var stop = Words.Decode([free.Tokens[3]]);
        var config = new GenerationConfig { MaxNewTokens = 12, NoRepeatNgramSize = 1, StopStrings = ["not there", " " + stop] };
        var ended = generator.GenerateTokens(prompt, config)[0];
        ended.Tokens.ShouldBe(free.Tokens.Take(4));
        ended.FinishReason.ShouldBe(FinishReason.StopString);

        var text = generator.Generate("a b", config);
        var streamed = "";
        await foreach (var piece in generator.StreamAsync("a b", config))
        {
            streamed += piece;
        }

        streamed.ShouldBe(text);
        Should.Throw<ArgumentOutOfRangeException>(() => generator.Generate("a", new GenerationConfig { StopStrings = [""] })).Message.ShouldContain("StopStrings");
    }

    [Fact]
    public void A_beam_ends_with_the_token_that_completes_a_string()
    {
        using var folder = new TemporaryFolder();
        var generator = Generator(folder);
        var config = new GenerationConfig { MaxNewTokens = 8, NumBeams = 3, NumReturnSequences = 3, NoRepeatNgramSize = 1, LengthPenalty = -5 }; // short sequences gain
        var stop = Words.Decode([generator.GenerateTokens([8, 9], config)[0].Tokens[1]]);
        var beams = generator.GenerateTokens([8, 9], config with { StopStrings = [stop] });
        beams.ShouldContain(beam => beam.FinishReason == FinishReason.StopString);
        foreach (var beam in beams)
        {
            (beam.FinishReason == FinishReason.StopString).ShouldBe(new StopStrings(Words, [stop]).EndIn([8, 9, .. beam.Tokens]));
        }
    }

    [Fact]
    public void Settings_of_drawing_refuse_no_file_that_draws_nothing()
    {
        using var folder = new TemporaryFolder();
        foreach (var setting in (string[])["\"temperature\": 0.0", "\"top_p\": 0", "\"top_k\": -1", "\"min_p\": 7", "\"typical_p\": 0.5", "\"epsilon_cutoff\": 0.1", "\"eta_cutoff\": 0.1", "\"top_h\": 0.4"])
        {
            folder.Write("generation_config.json", $$"""{"do_sample": false, {{setting}}}""");
            GenerationConfig.Load(folder.Path).Warnings.ShouldBeEmpty(setting);
            folder.Write("generation_config.json", $$"""{"do_sample": true, {{setting}}}""");
            Should.Throw<ModelFormatException>(() => GenerationConfig.Load(folder.Path), setting).Message.ShouldStartWith(folder.Of("generation_config.json"));
        }
    }

    [Theory]
    [InlineData("""{"stop_strings": ["a", "b c"]}""", "a|b c")]
    [InlineData("""{"stop_strings": "END"}""", "END")]
    [InlineData("""{"stop_strings": null}""", "")]
    public void Stop_strings_are_read(string file, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("generation_config.json", file);
        string.Join('|', GenerationConfig.Load(folder.Path).StopStrings).ShouldBe(expected);
    }

    [Fact]
    public void An_unknown_setting_is_named_and_a_model_s_own_settings_are_another_reader_s()
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", """{"model_type": "gpt2", "n_embd": 8, "max_length": 30}""");
        GenerationConfig.Load(folder.Path).Warnings.ShouldBeEmpty();
        GenerationConfig.Load(folder.Path).MaxLength.ShouldBe(30);
        folder.Write("config.json", """{"model_type": "gpt2", "diversity_penalty": 0.5}""");
        Should.Throw<ModelFormatException>(() => GenerationConfig.Load(folder.Path)).Message.ShouldContain("'diversity_penalty' is 0.5");
        folder.Write("generation_config.json", """{"stop_string": ["a"], "max_length": 30}""");
        GenerationConfig.Load(folder.Path).Warnings.ShouldHaveSingleItem().ShouldContain("'stop_string' is not a known key");
    }

    private static TextGenerator Generator(TemporaryFolder folder)
    {
        Transformer.CreateRandom("gpt2", new ModelSizes { VocabSize = 60, HiddenSize = 16, NumHiddenLayers = 1, NumAttentionHeads = 2, MaxPositionEmbeddings = 32 }, 3).Save(folder.Path);
        JsonEdit.Set(folder.Of("config.json"), "architectures", "[\"GPT2LMHeadModel\"]");
        return new TextGenerator(LanguageModel.Load(folder.Path), Words);
    }
}
