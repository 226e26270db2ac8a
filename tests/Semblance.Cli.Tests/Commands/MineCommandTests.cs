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
        outcome.ErrorLines.Length.ShouldBe(1);
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
}
