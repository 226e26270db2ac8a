using Semblance.Tokenizers;

namespace Semblance.Cli.Tests.Commands;

public class GenerateCommandTests
{
    [Fact]
    public async Task A_prompt_gives_text_and_the_same_seed_the_same()
    {
        using var folder = new TemporaryFolder();
        var model = Model(folder, "gpt2-lm");
        string[] command = ["generate", "--model", model, "--prompt", "a b c", "--max-new-tokens", "12", "--min-new-tokens", "12", "--do-sample", "--temperature", "1.5", "--top-p", "0.9"];
        var first = (await Outcome.OfAsync([.. command, "--seed", "1"])).Done();
        first.Lines.Length.ShouldBe(1);
        first.Output.Length.ShouldBeGreaterThan(5);
        (await Outcome.OfAsync([.. command, "--seed", "1"])).Done().Output.ShouldBe(first.Output);
        (await Outcome.OfAsync([.. command, "--seed", "2"])).Done().Output.ShouldNotBe(first.Output);
    }

    [Fact]
    public async Task Each_line_of_a_file_is_a_prompt()
    {
        using var folder = new TemporaryFolder();
        var outcome = (await Outcome.WithInputAsync("a b\nc\n", "generate", "--model", Model(folder, "t5"), "--max-new-tokens", "5", "--num-beams", "3")).Done();
        outcome.Lines.Length.ShouldBe(2);
        outcome.Lines[1].ShouldStartWith("{\"prompt\":\"c\",\"text\":");
    }

    [Fact]
    public async Task A_model_that_cannot_go_on_and_settings_that_cannot_be_are_named()
    {
        using var folder = new TemporaryFolder();
        var outcome = await Outcome.OfAsync("generate", "--model", Model(folder, "bert-mlm"), "--prompt", "a");
        (outcome.ExitCode, outcome.ErrorLines.Length).ShouldBe((1, 1));
        outcome.Error.ShouldContain("BertForMaskedLM");
        (await Outcome.OfAsync("generate", "--model", "m", "--prompt", "a", "--input", "b")).ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("--temperature", "0", "a number above 0")]
    [InlineData("--top-p", "2", "a number above 0 and at most 1")]
    [InlineData("--min-p", "-0.1", "a number from 0 to 1")]
    [InlineData("--top-k", "-1", "a whole number from 0 on")]
    [InlineData("--repetition-penalty", "0", "a number above 0")]
    [InlineData("--num-beams", "0", "a whole number from 1 on")]
    [InlineData("--length-penalty", "much", "a number")]
    public async Task An_option_out_of_its_bounds_is_named_with_them(string option, string value, string bounds)
    {
        var outcome = await Outcome.OfAsync("generate", "--model", "m", "--prompt", "a", option, value);
        (outcome.ExitCode, outcome.Output).ShouldBe((2, ""));
        outcome.ErrorLines.ShouldHaveSingleItem().ShouldContain($"{option} needs {bounds}, not '{value}'.");
    }

    // The recorded models have no tokenizer; any whose ids they know will do.
    private static string Model(TemporaryFolder folder, string fixture)
    {
        var path = Directory.CreateDirectory(folder.Of(fixture)).FullName;
        foreach (var file in Directory.EnumerateFiles(Fixtures.Own("models/" + fixture)))
        {
            File.WriteAllBytes(Path.Combine(path, Path.GetFileName(file)), File.ReadAllBytes(file));
        }

        Tokenizer.CreateBert(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, 80).Select(i => $"{(char)('a' + (i % 26))}{(i < 26 ? "" : i / 26)}")]).Save(path);
        return path;
    }
}
