using System.Text;

namespace Semblance.Cli.Tests;

/// <summary>Recipes that a stranger made to do harm. Those in the fixtures say in their first line what they must be told.</summary>
public class HostileRecipeTests
{
    private const string Data = "first\tsecond\tscore\na\tb\t1\nc\td\t0\n";

    public static TheoryData<string> Recipes =>
        [.. Directory.EnumerateFiles(Fixtures.Own("hostile/recipes")).Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string, string> Generated => new()
    {
        { "model: " + string.Concat(Enumerable.Repeat("{a: ", 20_000)) + new string('}', 20_000), "more than 64 levels are nested" },
        { "model: " + new string('[', 20_000), "more than 64 levels are nested" },
        { string.Concat(Enumerable.Repeat("? ", 20_000)), "found a key that is not a string" },
        { string.Concat(Enumerable.Repeat("- ", 20_000)), "more than 64 levels are nested" },
        { "model: " + string.Concat(Enumerable.Repeat("&a ", 2_000)), "not YAML" },
        { $"model: \"{new string('x', 1 << 20)}\"", "bytes are too many for a recipe" },
        { $"model: m\n{new string('k', 1000)}: 1\noutput: o", "has no setting 'kkkk" },
        { "model: \"\\UFFFFFFFF\"", "not YAML" },
        { "model: \"\\ud800\"", "not YAML" },
        { "%YAML 9.9\n---\nmodel: m", "not YAML" },
        { "model: !<tag:example.org,2000:x> m", "found the tag" },
        { string.Concat(Enumerable.Repeat("--- {}\n", 10_000)), "found a second document" },
        { $"model: m\noutput: o\nvary: {{a: [{string.Join(", ", Enumerable.Repeat("1", 900))}]}}\nsteps: {new string('1', 200_000)}", "trainings or more" },
    };

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task A_recipe_of_the_fixtures_ends_in_the_sentence_that_it_asks_for(string name)
    {
        var text = File.ReadAllText(Fixtures.Own($"hostile/recipes/{name}.yaml"));
        await RefusedAsync(text, text.Split('\n')[0][2..]);
    }

    [Theory]
    [MemberData(nameof(Generated))]
    public Task A_recipe_that_is_too_deep_too_large_or_damaged_is_refused(string text, string problem) => RefusedAsync(text, problem);

    [Theory]
    [InlineData(".nan")]
    [InlineData("nan")]
    [InlineData(".inf")]
    [InlineData("Infinity")]
    [InlineData("-1")]
    [InlineData("-0.0")]
    [InlineData("1e999")]
    [InlineData("0x10")]
    [InlineData("1_000")]
    public Task A_number_that_is_none_or_not_finite_is_named(string value) => RefusedAsync(
        $$"""
        model: {{Fixtures.Own("st/mean-normalize")}}
        output: o
        rate: {{value}}
        steps: 1
        datasets: [{name: d, files: d.tsv, texts: [first, second], score: score, loss: CoSENTLoss, batch-size: 2}]
        """,
        $"line 3: 'rate' is '{value}'; a number above 0 is expected.");

    [Fact]
    public async Task Bytes_that_are_not_text_are_refused()
    {
        using var folder = new TemporaryFolder();
        foreach (byte[] content in (byte[][])[[.. "model: "u8, 0xFF], [.. "model: "u8, 0xED, 0xA0, 0x80], [0x1F, 0x8B, 8, 0, 0], new byte[100]])
        {
            var outcome = await Outcome.OfAsync("train", folder.Write("r.yaml", content));
            outcome.ExitCode.ShouldBe(CommandLine.Failed);
            outcome.Error.ShouldStartWith($"semblance: {folder.Of("r.yaml")}, line ");
        }
    }

    [Fact]
    public async Task Aliases_that_are_small_are_followed()
    {
        using var folder = new TemporaryFolder();
        folder.Write("d.tsv", Data);
        var recipe = folder.Write("r.yaml", $"""
            model: {Fixtures.Own("st/mean-normalize")}
            output: o
            steps: 1
            rate: 1e-4
            datasets:
              - &d {"{"}name: d, files: d.tsv, texts: [first, second], score: score, loss: CoSENTLoss, batch-size: 2{"}"}
              - *d
            """);
        (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"))).Done();
    }

    [Fact]
    public async Task What_one_variant_sets_changes_no_other()
    {
        using var folder = new TemporaryFolder();
        folder.Write("d.tsv", Data);
        var recipe = folder.Write("r.yaml", $$$$"""
            model: {folder: {{{{Fixtures.Own("st/mean-normalize")}}}}}
            output: o
            steps: 1
            rate: 1e-4
            datasets: [{name: d, files: d.tsv, texts: [first, second], score: score, loss: CoSENTLoss, batch-size: 2}]
            vary:
              schedule: {a: {linear: {warmup: 0}}}
              schedule.linear.warmup: [0, 0.4375]
            """);
        (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"))).Done();
        string Card(string variant) => File.ReadAllText(Path.Combine(folder.Of("out"), variant, "README.md"));
        Card("a, warmup=0").ShouldContain("| schedule.linear.warmup | 0 |");
        Card("a, warmup=0.4375").ShouldContain("| schedule.linear.warmup | 0.4375 |");
    }

    private static async Task RefusedAsync(string text, string problem)
    {
        using var folder = new TemporaryFolder();
        folder.Write("d.tsv", Data);
        var recipe = folder.Write("r.yaml", Encoding.UTF8.GetBytes(text));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var outcome = await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"));
        (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(300L << 20);
        outcome.ExitCode.ShouldBe(CommandLine.Failed, outcome.Error);
        outcome.ErrorLines[^1].ShouldStartWith($"semblance: {recipe}, line ");
        outcome.Error.ShouldContain(problem);
        outcome.Error.Length.ShouldBeLessThan(5000);
    }
}
