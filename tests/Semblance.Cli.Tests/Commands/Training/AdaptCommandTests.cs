namespace Semblance.Cli.Tests.Commands;

public class AdaptCommandTests
{
    [Fact]
    public async Task A_model_that_is_kept_is_named_after_the_table_of_both()
    {
        using var folder = new TemporaryFolder();
        var outcome = (await Outcome.OfAsync(Arguments(folder, "--keep", "always"))).Done();
        outcome.Lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["before", "after"]);
        outcome.Lines.Skip(1).Take(4).Select(line => line.Split(' ')[0]).ShouldBe(["MRR@10", "NDCG@10", "recall@10", "recall@100"]);
        outcome.Lines[^1].ShouldBe(folder.Of("out"));
        outcome.ErrorLines.ShouldContain("training 1-simcse");
        SentenceTransformer.Load(folder.Of("out")).Dimension.ShouldBe(32);
    }

    [Fact]
    public async Task A_model_that_is_not_better_is_not_written_and_the_reason_says_how_to_keep_it()
    {
        using var folder = new TemporaryFolder();
        var outcome = await Outcome.OfAsync(Arguments(folder, "--rate", "1e-12"));
        outcome.ExitCode.ShouldBe(CommandLine.Failed);
        outcome.Lines.Length.ShouldBe(5);
        outcome.ErrorLines[^1].ShouldContain("not better than before");
        outcome.ErrorLines[^1].ShouldContain("--keep always");
        File.Exists(Path.Combine(folder.Of("out"), "modules.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_unknown_method_is_a_wrong_command_line()
    {
        var outcome = await Outcome.OfAsync("adapt", "--texts", "a", "--output", "b", "--method", "glp");
        outcome.ExitCode.ShouldBe(CommandLine.Wrong);
        outcome.Error.ShouldContain("gpl");
    }

    private static string[] Arguments(TemporaryFolder folder, params string[] more)
    {
        var texts = folder.Write("texts.txt", string.Concat(Enumerable.Range(0, 60).Select(
            i => $"A horse runs over the field number {i}. It then waits near the house for {i + 3} hours.\n\n")));
        var pairs = folder.Write("pairs.tsv", "a\tb\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"horse {i}\tThe horse of field {i}.\n")));
        return
        [
            "adapt", "--model", Fixtures.Own("st/mean-normalize"), "--texts", texts, "--pairs", pairs, "--output", folder.Of("out"), "--method", "simcse",
            "--steps", "1", .. more,
        ];
    }
}
