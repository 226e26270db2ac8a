using System.Text.Json;

namespace Semblance.Cli.Tests.Commands;

public sealed class MapCommandTests : IDisposable
{
    private static readonly RecordedModel Recorded = new("mean-normalize");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_line_has_a_place_a_group_and_its_text()
    {
        var lines = (await Run("a\tb\nred apple\nred pie\nmoon\n", "--clusters", "2")).Done().Lines;
        lines.Length.ShouldBe(4);
        lines.ShouldAllBe(line => line.Split('\t').Length == 4);
        lines[0].ShouldEndWith("\ta b");
        lines.Select(line => int.Parse(line.Split('\t')[2])).ShouldAllBe(group => group == 1 || group == 2);
    }

    [Fact]
    public async Task Files_have_what_their_ending_says()
    {
        var (json, tsv, html) = (_folder.Of("map.jsonl"), _folder.Of("map.tsv"), _folder.Of("map.html"));
        var text = "</script><b>苹果\nred apple\nred pie\n";
        (await Run(text, "--output", json)).Done().Output.ShouldBeEmpty();
        (await Run(text, "--output", tsv)).Done();
        (await Run(text, "--output", html)).Done();
        var first = JsonDocument.Parse(File.ReadLines(json).First()).RootElement;
        first.GetProperty("text").GetString().ShouldBe("</script><b>苹果");
        first.GetProperty("x").GetSingle().ToString("F4").ShouldBe(File.ReadLines(tsv).First().Split('\t')[0]);

        // The page stands alone, and what texts say cannot end its script.
        var page = await File.ReadAllTextAsync(html);
        page.ShouldNotContain("</script><b>");
        page.ShouldNotContain("http");
        page.ShouldNotContain("{{");
        var data = page[(page.IndexOf("id=\"data\">", StringComparison.Ordinal) + 10)..];
        using var parsed = JsonDocument.Parse(data[..data.IndexOf("</script>", StringComparison.Ordinal)]);
        parsed.RootElement.GetProperty("texts")[0].GetString().ShouldBe("</script><b>苹果");
        parsed.RootElement.GetProperty("points").GetArrayLength().ShouldBe(6);
        parsed.RootElement.GetProperty("names").GetArrayLength().ShouldBe(3);
        _folder.Files.ShouldBe(["map.html", "map.jsonl", "map.tsv"]);
    }

    [Fact]
    public async Task Nothing_and_one_line_have_maps_too()
    {
        (await Run("")).Done().Lines.ShouldBeEmpty();
        (await Run("one\n")).Done().Lines.ShouldBe(["0.0000\t0.0000\t1\tone"]);
    }

    [Fact]
    public async Task An_unknown_ending_is_a_wrong_command_line() =>
        (await Run("", "--output", "map.png")).ExitCode.ShouldBe(CommandLine.Wrong);

    private static Task<Outcome> Run(string text, params string[] arguments) =>
        Outcome.WithInputAsync(text, ["map", "--model", Recorded.Folder, "--iterations", "50", .. arguments]);
}
