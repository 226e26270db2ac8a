using System.Globalization;
using System.Text.Json;

namespace Semblance.Cli.Tests.Commands;

public class MineCommandTests
{
    private static readonly RecordedModel Recorded = new("mean-normalize");

    [Fact]
    public async Task Pairs_are_those_of_the_library_with_lines_counted_from_one()
    {
        var outcome = (await Outcome.WithInputAsync(Recorded.Text, "mine", "--model", Recorded.Folder, "--max-pairs", "5")).Done();
        var model = SentenceTransformer.Load(Recorded.Folder);
        var expected = ParaphraseMining.Mine(model.Encode(Recorded.Sentences).Vectors, new MiningOptions { MaxPairs = 5 });
        outcome.Lines.ShouldBe(expected.Select(pair =>
            $"{pair.Score.ToString("F6", CultureInfo.InvariantCulture)}\t{pair.First + 1}\t{pair.Second + 1}\t{Recorded.Sentences[pair.First]}\t{Recorded.Sentences[pair.Second]}"));
        outcome.Notes.Length.ShouldBe(1);
        outcome.Error.ShouldContain("encoded 16 lines in ");
        outcome.Error.ShouldContain("compared 120 pairs in ");
    }

    [Fact]
    public async Task A_threshold_leaves_the_others_out_and_json_has_every_field()
    {
        var lines = (await Outcome.WithInputAsync("a\tb\na b\nzzz qqq\n", "mine", "--model", Recorded.Folder, "--threshold", "0.999", "--format", "json")).Done().Lines;
        var pair = JsonDocument.Parse(lines.ShouldHaveSingleItem()).RootElement;
        pair.GetProperty("lines").EnumerateArray().Select(line => line.GetInt32()).ShouldBe([1, 2]);
        pair.GetProperty("texts").EnumerateArray().Select(text => text.GetString()).ShouldBe(["a\tb", "a b"]);
    }

    [Fact]
    public async Task A_tab_inside_a_text_begins_no_column()
    {
        var lines = (await Outcome.WithInputAsync("a\tb\na b\n", "mine", "--model", Recorded.Folder)).Done().Lines;
        lines.ShouldHaveSingleItem().Split('\t').Length.ShouldBe(5);
    }

    [Fact]
    public async Task Translations_are_those_of_the_library_and_a_line_that_comes_again_counts_once()
    {
        using var folder = new TemporaryFolder();
        string[] source = [.. Recorded.Sentences[..8], Recorded.Sentences[0]];
        string[] target = [.. Recorded.Sentences[..8].Reverse().Select(sentence => sentence + "!")];
        var (a, b) = (folder.Write("a.txt", string.Join('\n', source)), folder.Write("b.txt", string.Join('\n', target)));
        var outcome = (await Outcome.OfAsync("mine", "--model", Recorded.Folder, "--input", a, "--other", b)).Done();
        var model = SentenceTransformer.Load(Recorded.Folder);
        var expected = BitextMining.Mine(model.Encode(source[..8]).Vectors, model.Encode(target).Vectors);
        outcome.Lines.ShouldBe(expected.Select(pair =>
            $"{pair.Score.ToString("F6", CultureInfo.InvariantCulture)}\t{pair.First + 1}\t{pair.Second + 1}\t{source[pair.First]}\t{target[pair.Second]}"));
        outcome.Error.ShouldContain("encoded 16 different lines in ");

        string[] limited = ["mine", "--model", Recorded.Folder, "--input", a, "--other", b, "--margin", "absolute", "--retrieval", "forward", "--neighbors", "2", "--max-pairs", "3", "--format", "json"];
        var pairs = (await Outcome.OfAsync(limited)).Done().Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        pairs.Select(pair => (pair.GetProperty("lines")[0].GetInt32(), pair.GetProperty("lines")[1].GetInt32())).ShouldBe(
            BitextMining.Mine(model.Encode(source[..8]).Vectors, model.Encode(target).Vectors, new BitextMiningOptions { Margin = Margin.Absolute, Retrieval = BitextRetrieval.Forward, Neighbors = 2 })
                .Take(3).Select(pair => (pair.First + 1, pair.Second + 1)));
    }

    [Theory]
    [InlineData("--margin requires --other.", "--margin", "ratio")]
    [InlineData("--neighbors requires --other.", "--neighbors", "3")]
    [InlineData("--top-k is for one file; use --neighbors with --other.", "--other", "f", "--top-k", "3")]
    public async Task Options_of_the_other_kind_are_told(string message, params string[] arguments)
    {
        var outcome = await Outcome.OfAsync(["mine", .. arguments]);
        outcome.ExitCode.ShouldBe(CommandLine.Wrong);
        outcome.Error.ShouldContain(message);
    }
}
