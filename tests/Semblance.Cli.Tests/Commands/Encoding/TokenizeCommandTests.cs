using System.Text.Json;

namespace Semblance.Cli.Tests.Commands;

public class TokenizeCommandTests
{
    private static readonly string Model = Fixtures.Own("st/mean-normalize");

    [Theory]
    [InlineData("single")]
    [InlineData("single_max16", "--max-length", "16")]
    [InlineData("pair", "--pair")]
    [InlineData("pair_max16", "--pair", "--max-length", "16")]
    public async Task Lines_give_what_was_recorded(string mode, params string[] options)
    {
        var corpus = Records("corpus.jsonl").ToDictionary(line => line.GetProperty("i").GetInt32(), line => line.GetProperty("text").GetString()!);
        var records = Records("word-piece/golden.jsonl")
            .Where(record => record.GetProperty("mode").GetString() == mode)
            .Select(record => (Record: record, Text: Line(record)))
            .Where(line => !line.Text.AsSpan().ContainsAny('\r', '\n') && !(options.Contains("--pair") && line.Text.Count(c => c == '\t') > 1))
            .ToList();
        records.Count.ShouldBeGreaterThanOrEqualTo(30);
        using var folder = new TemporaryFolder();
        var input = folder.Write("in.txt", string.Concat(records.Select(line => line.Text + "\n")));
        var outcome = (await Outcome.OfAsync(["tokenize", "--model", Fixtures.Own("tokenizers/word-piece"), "--input", input, .. options])).Done();
        foreach (var ((record, text), line) in records.Zip(outcome.Lines, (record, line) => (record, line)))
        {
            var found = JsonDocument.Parse(line).RootElement;
            foreach (var name in (string[])["ids", "tokens", "offsets", "type_ids"])
            {
                if (record.TryGetProperty(name, out var expected))
                {
                    JsonElement.DeepEquals(found.GetProperty(name), expected).ShouldBeTrue($"{name} of {text}: {line}");
                }
            }

            found.GetProperty("type_ids").GetArrayLength().ShouldBe(found.GetProperty("ids").GetArrayLength());
        }

        outcome.Lines.Length.ShouldBe(records.Count);

        string Line(JsonElement record) => corpus[record.GetProperty("i").GetInt32()] + (record.TryGetProperty("j", out var j) ? "\t" + corpus[j.GetInt32()] : "");
    }

    [Fact]
    public async Task An_empty_line_and_a_carriage_return_are_understood()
    {
        var outcome = (await Outcome.WithInputAsync("\uFEFFa man\r\n\nman", "tokenize", "--model", Model)).Done();
        outcome.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("ids").GetArrayLength()).ShouldBe([4, 2, 3]);
        outcome.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_folder_with_a_vocabulary_is_enough()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(Model, "vocab.txt"), folder.Of("vocab.txt"));
        var alone = (await Outcome.WithInputAsync("a man 中文\n", "tokenize", "--model", folder.Path)).Done();
        alone.Output.ShouldBe((await Outcome.WithInputAsync("a man 中文\n", "tokenize", "--model", Model)).Output);
    }

    [Fact]
    public async Task A_key_that_is_not_known_is_a_warning()
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n");
        var configuration = folder.Write("tokenizer_config.json", """{"do_lowercase": false}""");
        var outcome = (await Outcome.WithInputAsync("A\n", "tokenize", "--model", folder.Path)).Done();
        outcome.ErrorLines.ShouldHaveSingleItem().ShouldStartWith($"warning: {configuration}: ");
        outcome.Error.ShouldContain("do_lowercase");
        outcome.Output.ShouldContain("\"ids\":[2,5,3]");
    }

    [Theory]
    [InlineData("0_Transformer")]
    [InlineData("0_StaticEmbedding")]
    [InlineData("query_0_Transformer")]
    public async Task The_tokenizer_of_the_first_module_is_found_in_its_folder(string module)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.Of(module));
        folder.Write($"{module}/vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n");
        (await Outcome.WithInputAsync("A\n", "tokenize", "--model", folder.Path)).Done().Output.ShouldContain("\"ids\":[2,5,3]");
    }

    [Fact]
    public async Task Letters_of_other_scripts_stay_readable()
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n中\n");
        (await Outcome.WithInputAsync("中\n", "tokenize", "--model", folder.Path)).Done().Output.ShouldContain("\"中\"");
    }

    [Fact]
    public async Task A_pair_without_a_tab_names_its_line()
    {
        var outcome = await Outcome.WithInputAsync("a\tb\nc\n", "tokenize", "--pair", "--model", Model);
        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("standard input, line 2:");
    }

    private static IEnumerable<JsonElement> Records(string path) =>
        File.ReadLines(Fixtures.Own($"tokenizers/{path}")).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement);
}
