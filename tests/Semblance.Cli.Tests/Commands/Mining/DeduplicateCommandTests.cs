using System.Globalization;
using System.Text.Json;

namespace Semblance.Cli.Tests.Commands;

public class DeduplicateCommandTests
{
    private static readonly RecordedModel Recorded = new("mean-normalize");

    [Fact]
    public async Task The_first_of_each_group_stays_and_groups_are_those_of_the_library()
    {
        var texts = Recorded.Sentences.Concat(Recorded.Sentences.Select(text => text + "!")).Concat(Recorded.Sentences).ToArray();
        var input = string.Concat(texts.Select(text => text + "\n"));
        var expected = new DuplicateDetector(SentenceTransformer.Load(Recorded.Folder), new DuplicateOptions { Threshold = 0.9f }).Add(texts);
        var repeated = expected.Index().Where(text => text.Item is not null).Select(text => (text.Index, Duplicate: text.Item!.Value)).ToArray();
        repeated.ShouldContain(text => !text.Duplicate.IsExact);

        var kept = (await Run(input, "--threshold", "0.9")).Done();
        kept.Lines.ShouldBe(texts.Where((_, i) => expected[i] is null));
        kept.Notes.ShouldHaveSingleItem().ShouldStartWith($"kept {kept.Lines.Length} of {texts.Length} lines in ");

        (await Run(input, "--threshold", "0.9", "--groups")).Done().Lines.ShouldBe(repeated.Select(text =>
            $"{text.Duplicate.Score.ToString("F6", CultureInfo.InvariantCulture)}\t{text.Index + 1}\t{text.Duplicate.Of + 1}\t{texts[text.Index]}"));

        var objects = (await Run(input, "--threshold", "0.9", "--groups", "--format", "json")).Done().Lines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        objects.Select(line => (line.GetProperty("line").GetInt64(), line.GetProperty("of").GetInt64(), line.GetProperty("score").GetSingle(), line.GetProperty("text").GetString()))
            .ShouldBe(repeated.Select(text => (text.Index + 1L, text.Duplicate.Of + 1, text.Duplicate.Score, (string?)texts[text.Index])));
    }

    [Theory]
    [InlineData("in.jsonl", "text")]
    [InlineData("in.jsonl", "body", "--field", "body")]
    [InlineData("in.txt", "text", "--field", "text")]
    public async Task Objects_are_compared_by_one_member_and_stay_as_they_are(string name, string field, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        string[] lines = [$"{{ \"{field}\" : \"a b\", \"id\": 7 }}", $"{{\"id\":8,\"{field}\":\"a b\"}}", $"{{\"{field}\":\"quantum 🌕\"}}"];
        var input = folder.Write(name, string.Join("\r\n", lines));
        (await Outcome.OfAsync(["deduplicate", "--model", Recorded.Folder, "--input", input, .. arguments])).Done().Lines.ShouldBe([lines[0], lines[2]]);
    }

    [Fact]
    public async Task A_long_stream_keeps_each_text_once_and_forgets_beyond_its_capacity()
    {
        var stream = string.Concat(Enumerable.Range(0, 6000).Select(i => $"{i % 8}\n"));
        (await Run(stream, "--threshold", "1")).Done().Lines.ShouldBe(Enumerable.Range(0, 8).Select(i => $"{i}"));
        (await Run(stream, "--threshold", "1", "--capacity", "4")).Done().Lines.Length.ShouldBe(6000); // each comes again after four others
        (await Run("")).Done().Lines.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("plain\n", "this is not a JSON value on one line.")]
    [InlineData("{\"text\": 3}\n", "'text' is 3; a text is expected.")]
    [InlineData("{\"text\": null}\n", "'text' is null; a value is expected.")]
    [InlineData("{\"other\": \"a\"}\n", "a JSON object with 'text' is expected; there is no 'text' among other.")]
    [InlineData("[1]\n", "a JSON object with 'text' is expected; there is no 'text' among 0.")]
    public async Task A_line_without_the_text_is_named(string line, string problem)
    {
        var outcome = await Run("{\"text\": \"a\"}\n" + line, "--field", "text");
        (outcome.ExitCode, outcome.Error).ShouldBe((CommandLine.Failed, $"semblance: standard input, line 2: {problem}\n"));
    }

    [Theory]
    [InlineData(CommandLine.Failed, "The threshold is a cosine, from -1 to 1.", "--threshold", "2")]
    [InlineData(CommandLine.Failed, "duplicates are detected with float32 vectors", "--precision", "int8")]
    [InlineData(CommandLine.Wrong, "--format requires --groups", "--format", "json")]
    [InlineData(CommandLine.Wrong, "--capacity", "--capacity", "0")]
    public async Task A_wrong_command_line_is_explained(int exitCode, string problem, params string[] arguments)
    {
        var outcome = await Run("a\n", arguments);
        outcome.ExitCode.ShouldBe(exitCode);
        outcome.Error.ShouldContain(problem);
    }

    private static Task<Outcome> Run(string input, params string[] arguments) => Outcome.WithInputAsync(input, ["deduplicate", "--model", Recorded.Folder, .. arguments]);
}
