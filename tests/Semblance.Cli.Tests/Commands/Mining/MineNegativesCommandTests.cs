using System.Text.Json;
using Semblance.Training;

namespace Semblance.Cli.Tests.Commands;

public sealed class MineNegativesCommandTests : IDisposable
{
    private static readonly RecordedModel Recorded = new("mean-normalize");

    private readonly TemporaryFolder _folder = new();
    private readonly string _data;
    private readonly (string, string)[] _pairs;

    public MineNegativesCommandTests()
    {
        string[] texts = [.. Recorded.Sentences.Where(text => text.Length > 0).Take(8)];
        _pairs = [(texts[0] + "?", texts[0]), (texts[1] + "?", texts[1]), (texts[0] + "?", texts[2]), (texts[3] + "?", texts[3])];
        _data = _folder.Write("pairs.tsv", "question\tanswer\n" + string.Concat(_pairs.Select(pair => $"{pair.Item1}\t{pair.Item2}\n")));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Triplets_are_those_of_the_library_and_a_recipe_can_read_them()
    {
        var outcome = await Mine("out.tsv");
        outcome.Output.ShouldBeEmpty();
        var expected = Library(new HardNegativeOptions { NumNegatives = 2 });
        var rows = new DatasetReader(_folder.Of("out.tsv"), new ColumnMapping("question", "answer", "negative")).ToList();
        rows.Select(row => (row.Texts[0], row.Texts[1], row.Texts[2])).ShouldBe(expected.Triplets().Select(row => (row.Anchor, row.Positive, row.Negative)));
        outcome.Error.ShouldContain($"wrote {rows.Count} rows for 4 pairs of 3 anchors to ");
        outcome.Error.ShouldContain("negative ");
    }

    [Theory]
    [InlineData("triplet", "question,answer,negative,positive_score,negative_score")]
    [InlineData("n-tuple", "question,answer,negative_1,negative_2,score")]
    [InlineData("n-tuple-scores", "question,answer,negative_1,negative_2,score")]
    [InlineData("labeled-pair", "question,answer,label,score")]
    [InlineData("labeled-list", "question,answer,labels,scores")]
    public async Task Every_form_has_the_columns_of_the_original(string format, string columns)
    {
        await Mine("out.jsonl", "--format", format, "--include-scores");
        DatasetReader.ColumnNames(_folder.Of("out.jsonl")).ShouldBe(columns.Split(','));
        if (format != "labeled-list")
        {
            await Mine("out.tsv", "--format", format, "--include-scores");
            DatasetReader.ColumnNames(_folder.Of("out.tsv")).ShouldBe(columns.Split(','));
            File.ReadAllLines(_folder.Of("out.tsv")).Length.ShouldBe(File.ReadAllLines(_folder.Of("out.jsonl")).Length + 1);
        }

        await Mine("plain.jsonl", "--format", format);
        DatasetReader.ColumnNames(_folder.Of("plain.jsonl")).Any(name => name.Contains("score", StringComparison.Ordinal)).ShouldBe(format == "n-tuple-scores");
    }

    [Fact]
    public async Task Scores_of_tuples_are_targets_and_labels_are_labels()
    {
        await Mine("tuples.tsv", "--format", "n-tuple-scores");
        var expected = Library(new HardNegativeOptions { NumNegatives = 2 });
        var tuples = new DatasetReader(_folder.Of("tuples.tsv"), new ColumnMapping("question", "answer", "negative_1", "negative_2") { Targets = ["score"] }).ToList();
        tuples.Select(row => row.Targets!.Count).ShouldAllBe(count => count == 3);
        tuples.Zip(expected.Tuples()).ShouldAllBe(row => Math.Abs(row.First.Targets![1] - row.Second.Negatives[0].Score) < 1e-6f);

        await Mine("pairs.jsonl", "--format", "labeled-pair");
        var pairs = new DatasetReader(_folder.Of("pairs.jsonl"), new ColumnMapping("question", "answer") { Label = "label" });
        pairs.Select(row => (row.Texts[0], row.Texts[1], row.Label!.Value)).ShouldBe(expected.LabeledPairs().Select(row => (row.Anchor, row.Text, row.Label)));

        await Mine("lists.jsonl", "--format", "labeled-list");
        using var list = JsonDocument.Parse(File.ReadLines(_folder.Of("lists.jsonl")).First());
        list.RootElement.GetProperty("answer").EnumerateArray().Select(text => text.GetString()).ShouldBe([expected.Pairs[0].Positive, .. expected.Pairs[0].Negatives.Select(negative => negative.Text)]);
        list.RootElement.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32()).ShouldBe([1, 0, 0]);
    }

    [Fact]
    public async Task Limits_corpus_prompts_and_a_cross_encoder_are_passed_on()
    {
        var corpus = _folder.Write("corpus.txt", Recorded.Text);
        var outcome = await Mine(
            "out.tsv", "--columns", "answer,question", "--corpus", corpus, "--cross-encoder", Fixtures.Own("st/cross-encoder"), "--range-min", "1", "--range-max", "9", "--min-score", "0.1", "--max-score", "0.95",
            "--absolute-margin", "-0.2", "--relative-margin", "-0.5", "--sampling", "random", "--seed", "7", "--prompt", "q ", "--corpus-prompt", "d ");
        var options = new HardNegativeOptions
        {
            NumNegatives = 2,
            RangeMin = 1,
            RangeMax = 9,
            MinScore = 0.1f,
            MaxScore = 0.95f,
            AbsoluteMargin = -0.2f,
            RelativeMargin = -0.5f,
            Sampling = NegativeSampling.Random,
            Seed = 7,
            Queries = new EncodeOptions { Prompt = "q " },
            Corpus = new EncodeOptions { Prompt = "d " },
        };
        var expected = HardNegativeMining.Mine(
            SentenceTransformer.Load(Recorded.Folder), [.. _pairs.Select(pair => (pair.Item2, pair.Item1))], options, Recorded.Sentences, CrossEncoder.Load(Fixtures.Own("st/cross-encoder")));
        File.ReadAllLines(_folder.Of("out.tsv")).Skip(1).ShouldBe(expected.Triplets().Select(row => $"{row.Anchor}\t{row.Positive}\t{row.Negative}"));
        outcome.Error.ShouldContain("MaxScore rejected ");
    }

    [Theory]
    [InlineData("--format labeled-list writes lists", "--output", "o.tsv", "--format", "labeled-list")]
    [InlineData("must end with .tsv or .jsonl", "--output", "o.txt")]
    [InlineData("--include-positives needs --format n-tuple", "--output", "o.tsv", "--include-positives")]
    [InlineData("--columns needs two names", "--output", "o.tsv", "--columns", "a")]
    [InlineData("--num-negatives needs a whole number from 1 on", "--output", "o.tsv", "--num-negatives", "0")]
    public async Task A_wrong_command_line_is_told(string message, params string[] arguments)
    {
        var outcome = await Outcome.OfAsync(["mine-negatives", "--data", _data, .. arguments]);
        outcome.ExitCode.ShouldBe(CommandLine.Wrong);
        outcome.Error.ShouldContain(message);
    }

    [Fact]
    public async Task A_file_that_does_not_fit_is_one_line()
    {
        (await Failing(_folder.Write("one.tsv", "text\na\n"))).ShouldContain("the file has one column");
        (await Failing(_folder.Write("none.tsv", "a\tb\n"))).ShouldContain("the file has no rows");
        (await Failing(_folder.Of("missing.tsv"))).ShouldContain("there is no such file");
        (await Failing(_data, "--range-min", "4", "--range-max", "4")).ShouldContain("RangeMax");
        File.Exists(_folder.Of("out.tsv")).ShouldBeFalse();

        async Task<string> Failing(string data, params string[] arguments)
        {
            var outcome = await Outcome.OfAsync(["mine-negatives", "--model", Recorded.Folder, "--data", data, "--output", _folder.Of("out.tsv"), .. arguments]);
            outcome.ExitCode.ShouldBe(CommandLine.Failed);
            return outcome.ErrorLines.ShouldHaveSingleItem();
        }
    }

    private HardNegatives Library(HardNegativeOptions options) => HardNegativeMining.Mine(SentenceTransformer.Load(Recorded.Folder), _pairs, options);

    private async Task<Outcome> Mine(string output, params string[] arguments) =>
        (await Outcome.OfAsync(["mine-negatives", "--model", Recorded.Folder, "--data", _data, "--output", _folder.Of(output), "--num-negatives", "2", .. arguments])).Done();
}
