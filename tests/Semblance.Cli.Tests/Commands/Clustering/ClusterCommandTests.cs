using System.Text.Json;

namespace Semblance.Cli.Tests.Commands;

public class ClusterCommandTests
{
    private const string Texts =
        "red apple pie\nred apple pie\nred apple pie!\nthe moon is far away tonight\nthe moon is far away tonight\nthe moon is far away\nquantum\n";

    private static readonly RecordedModel Recorded = new("mean-normalize");

    [Theory]
    [InlineData("--threshold", "0.99", "--min-size", "2")]
    [InlineData("--method", "agglomerative", "--threshold", "0.99")]
    [InlineData("--method", "agglomerative", "--clusters", "3", "--linkage", "ward")]
    [InlineData("--method", "kmeans", "--clusters", "3")]
    public async Task Every_method_puts_equal_lines_together_and_writes_each_line_once(params string[] arguments)
    {
        var groups = (await Run([.. arguments, "--format", "json"])).Done().Lines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var lines = groups.Select(group => group.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("line").GetInt32()).ToArray()).ToArray();
        lines.SelectMany(group => group).ShouldBeUnique();
        lines.ShouldContain(group => group.Contains(1) && group.Contains(2));
        lines.ShouldContain(group => group.Contains(4) && group.Contains(5));

        for (var number = 0; number < groups.Length; number++)
        {
            groups[number].GetProperty("group").GetInt32().ShouldBe(number + 1);
            groups[number].GetProperty("size").GetInt32().ShouldBe(lines[number].Length);
            groups[number].GetProperty("members").EnumerateArray().Select(member => member.GetProperty("score").GetSingle()).ShouldBeInOrder(SortDirection.Descending);
        }
    }

    [Fact]
    public async Task Text_shows_size_and_words_and_then_the_lines_nearest_to_the_center_first()
    {
        var outcome = (await Outcome.WithInputAsync("red apple\nred apple\nred apple\nmoon\n", "cluster", "--model", Recorded.Folder, "--threshold", "0.9999", "--topics", "1")).Done();
        outcome.Lines[0].ShouldBe("group 1 · 3 lines · apple");
        outcome.Lines[1].ShouldBe("  1.000000\t1\tred apple");
        outcome.Lines.Length.ShouldBe(4);
        outcome.ErrorLines.ShouldHaveSingleItem().ShouldEndWith("1 lines are in none");
    }

    [Theory]
    [InlineData(5, "  … 2 more")]
    [InlineData(6, "  1.000000\t5\tred apple", "--all")]
    public async Task Text_shows_three_lines_of_a_group_or_all(int written, string last, params string[] options)
    {
        var text = string.Concat(Enumerable.Repeat("red apple\n", 5)) + "moon\n";
        string[] arguments = ["cluster", "--model", Recorded.Folder, "--threshold", "0.9999", .. options];
        var lines = (await Outcome.WithInputAsync(text, arguments)).Done().Lines;
        lines.Length.ShouldBe(written);
        lines[^1].ShouldBe(last);
        var json = (await Outcome.WithInputAsync(text, [.. arguments.Except(["--all"]), "--format", "json"])).Done().Lines.ShouldHaveSingleItem();
        JsonDocument.Parse(json).RootElement.GetProperty("members").GetArrayLength().ShouldBe(5);
    }

    [Fact]
    public async Task The_groups_of_the_shipped_questions_are_found_without_an_option()
    {
        var groups = (await Outcome.OfAsync("cluster", "--input", Path.Combine(Fixtures.Repository, "examples", "faq.txt"), "--format", "json")).Done().Lines
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("line").GetInt32()).Order().ToArray())
            .ToArray();
        groups.Length.ShouldBeGreaterThanOrEqualTo(3);
        groups.ShouldAllBe(group => group.Length == 2 && group[1] - group[0] == 6); // a question and its translation
    }

    [Fact]
    public async Task Dense_groups_need_no_number()
    {
        var text = string.Concat(Enumerable.Range(0, 24).Select(i => i % 2 == 0 ? "red apple pie\n" : "the moon is far away tonight\n"));
        var lines = (await Outcome.WithInputAsync(text, "cluster", "--model", Recorded.Folder, "--method", "hdbscan", "--pca", "3", "--format", "json")).Done().Lines;
        lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("size").GetInt32()).ShouldBe([12, 12]);
    }

    [Theory]
    [InlineData("", "--min-size", "3")]
    [InlineData("", "--method", "hdbscan", "--pca", "2")]
    [InlineData("", "--method", "agglomerative", "--threshold", "0.5")]
    [InlineData("one\n", "--method", "hdbscan")]
    public async Task Little_input_has_few_groups(string text, params string[] arguments) =>
        (await Outcome.WithInputAsync(text, ["cluster", "--model", Recorded.Folder, .. arguments])).Done().Lines.ShouldBeEmpty();

    [Theory]
    [InlineData("--method kmeans needs --clusters.", "--method", "kmeans")]
    [InlineData("--method kmeans does not take --threshold.", "--method", "kmeans", "--clusters", "2", "--threshold", "0.5")]
    [InlineData("--method agglomerative needs either --clusters or --threshold.", "--method", "agglomerative")]
    [InlineData("--linkage ward does not use cosine similarity", "--method", "agglomerative", "--linkage", "ward", "--threshold", "0.5")]
    [InlineData("needs a --min-size from 2 on", "--method", "hdbscan", "--min-size", "1")]
    public async Task A_wrong_command_line_is_explained(string problem, params string[] arguments)
    {
        var outcome = await Run(arguments);
        outcome.ExitCode.ShouldBe(CommandLine.Wrong);
        outcome.Error.ShouldContain(problem);
    }

    [Fact]
    public async Task More_clusters_than_lines_is_a_clear_error()
    {
        var outcome = await Run("--method", "kmeans", "--clusters", "80");
        outcome.ExitCode.ShouldBe(CommandLine.Failed);
        outcome.Error.ShouldContain("7 vectors cannot be divided into 80 clusters");
    }

    private static Task<Outcome> Run(params string[] arguments) => Outcome.WithInputAsync(Texts, ["cluster", "--model", Recorded.Folder, .. arguments]);
}
