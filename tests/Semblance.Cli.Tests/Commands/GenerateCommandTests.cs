using Semblance.Tokenizers;

namespace Semblance.Cli.Tests.Commands;

public class GenerateCommandTests
{
    [SharedFact]
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

    [SharedFact]
    public async Task Each_line_of_a_file_is_a_prompt()
    {
        using var folder = new TemporaryFolder();
        var outcome = (await Outcome.WithInputAsync("a b\nc\n", "generate", "--model", Model(folder, "t5"), "--max-new-tokens", "5", "--num-beams", "3")).Done();
        outcome.Lines.Length.ShouldBe(2);
        outcome.Lines[1].ShouldStartWith("{\"prompt\":\"c\",\"text\":");
    }

    [SharedFact]
    public async Task A_model_that_cannot_go_on_and_settings_that_cannot_be_are_named()
    {
        using var folder = new TemporaryFolder();
        var outcome = await Outcome.OfAsync("generate", "--model", Model(folder, "bert-mlm"), "--prompt", "a");
        (outcome.ExitCode, outcome.ErrorLines.Length).ShouldBe((1, 1));
        outcome.Error.ShouldContain("BertForMaskedLM");
        var cold = await Outcome.OfAsync("generate", "--model", Model(folder, "gpt2-lm"), "--prompt", "a", "--temperature", "0");
        (cold.ExitCode, cold.Error.Contains("Temperature", StringComparison.Ordinal)).ShouldBe((1, true));
        (await Outcome.OfAsync("generate", "--model", "m", "--prompt", "a", "--input", "b")).ExitCode.ShouldBe(2);
    }

    // The recorded models have no tokenizer; any whose ids they know will do.
    private static string Model(TemporaryFolder folder, string fixture)
    {
        var path = Directory.CreateDirectory(folder.Of(fixture)).FullName;
        foreach (var file in Directory.EnumerateFiles(Fixtures.InShared("fixtures/models/" + fixture)))
        {
            File.WriteAllBytes(Path.Combine(path, Path.GetFileName(file)), File.ReadAllBytes(file));
        }

        Tokenizer.CreateBert(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, 80).Select(i => $"{(char)('a' + (i % 26))}{(i < 26 ? "" : i / 26)}")]).Save(path);
        return path;
    }
}
