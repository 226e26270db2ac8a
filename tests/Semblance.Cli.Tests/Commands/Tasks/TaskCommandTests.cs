using System.Globalization;
using System.Text.Json;
using Semblance.Modules;

namespace Semblance.Cli.Tests.Commands;

/// <summary>The commands of models with a head for a task: <c>classify</c>, <c>tag</c>, <c>answer</c> and their evaluation.</summary>
public sealed class TaskCommandTests : IDisposable
{
    private const string Text = "🙂 A man lives in Berlin.", Question = "Who lives in Berlin?";

    private readonly TemporaryFolder _folder = new();
    private readonly TransformerModule _input = (TransformerModule)SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Modules[0];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tags_are_lines_with_positions_in_code_points_or_UTF16_units()
    {
        var model = Tagger();
        var expected = TokenClassifier.Load(model).Tag(Text, new() { Aggregation = AggregationStrategy.First });
        var lines = (await Outcome.OfAsync("tag", Text, "--model", model, "--aggregation", "first", "--offsets", "utf-16")).Done().Lines;
        lines.ShouldBe(expected.Select(entity => $"1\t{entity.Start}\t{entity.End}\t{entity.Label}\t{Score(entity.Score)}\t{entity.Text}"));
        var shifted = (await Outcome.OfAsync("tag", Text, "--model", model, "--aggregation", "first")).Done().Lines;
        shifted[^1].Split('\t')[2].ShouldBe($"{expected[^1].End - 1}");
    }

    [Fact]
    public async Task Tags_as_JSON_have_the_names_of_the_original()
    {
        var model = Tagger();
        var input = _folder.Write("texts.jsonl", $$"""{"note": "{{Text}}"}""" + "\n");
        var outcome = await Outcome.OfAsync(
            "tag", "--input", input, "--field", "note", "--model", model, "--aggregation", "none", "--stride", "2", "--format", "json", "--threads", "1", "--batch-tokens", "64", "--compute", "float32");
        var entity = JsonDocument.Parse(outcome.Done().Lines.Single()).RootElement.GetProperty("entities")[0];
        entity.EnumerateObject().Select(member => member.Name).ShouldBe(["entity", "score", "index", "word", "text", "start", "end"]);
        var table = _folder.Write("texts.tsv", "note\n" + Text + "\n");
        var grouped = JsonDocument.Parse((await Outcome.OfAsync("tag", "--input", table, "--column", "note", "--model", model, "--format", "json")).Done().Lines.Single());
        grouped.RootElement.GetProperty("entities")[0].GetProperty("entity_group").GetString().ShouldBeOneOf("PER", "LOC");
    }

    [Fact]
    public async Task Labels_are_lines_or_JSON()
    {
        var model = Classifier(ClassificationProblem.SingleLabel);
        var expected = TextClassifier.Load(model).Classify(Text, new ClassifyOptions { TopK = 2 });
        (await Outcome.OfAsync("classify", Text, Question, "--model", model, "--top-k", "2")).Done().Lines[0]
            .ShouldBe(string.Join('\t', expected.Select(label => $"{label.Label}\t{Score(label.Score)}")));
        var json = JsonDocument.Parse((await Outcome.WithInputAsync(Text + "\n", "classify", "--input", "-", "--model", model, "--format", "json")).Done().Lines.Single());
        json.RootElement.GetProperty("labels")[0].GetProperty("label").GetString().ShouldBe(expected[0].Label);
        var several = Classifier(ClassificationProblem.MultiLabel);
        (await Outcome.OfAsync("classify", Text, "--model", several, "--threshold", "0")).Done().Lines.Single().Split('\t').Length.ShouldBe(6);
    }

    [Fact]
    public async Task Answers_are_found_in_a_text_in_a_file_and_in_an_index()
    {
        var model = Reader();
        var expected = QuestionAnswerer.Load(model).Answer(Question, Text, new AnswerOptions { MaxAnswerTokens = 3 })[0];
        (await Outcome.OfAsync("answer", Question, "--text", Text, "--model", model, "--max-answer-tokens", "3", "--no-answer")).Done().Lines.Single().ShouldStartWith("0.");
        (await Outcome.OfAsync("answer", Question, "--text", Text, "--model", model, "--max-answer-tokens", "3")).Done().Lines.Single().ShouldBe($"{Score(expected.Score)}\t{expected.Text}");
        var corpus = _folder.Write("corpus.txt", "A dog eats bread.\n" + Text + "\n");
        (await Outcome.OfAsync("answer", Question, "--input", corpus, "--model", model, "--top-k", "2")).Done().Lines.ShouldAllBe(line => line.Split('\t')[1] == "1" || line.Split('\t')[1] == "2");
        var index = _folder.Of("index");
        (await Outcome.OfAsync("index", "build", "--input", corpus, "--index", index, "--model", Fixtures.Own("st/mean-normalize"))).Done();
        var json = JsonDocument.Parse((await Outcome.OfAsync("answer", Question, "--index", index, "--passages", "1", "--model", model, "--format", "json")).Done().Lines.Single()).RootElement;
        json.GetProperty("question").GetString().ShouldBe(Question);
        json.GetProperty("answers")[0].EnumerateObject().Select(member => member.Name).ShouldBe(["answer", "score", "start", "end", "id", "text"]);
    }

    [Fact]
    public async Task Taggers_classifiers_and_readers_are_evaluated_beside_baselines()
    {
        var tagged = _folder.Write("tagged.tsv", "token\ttag\nBerlin\tB-LOC\nsleeps\tO\n\nA\tO\nman\tB-PER\n");
        var lines = (await Outcome.OfAsync("evaluate", "--task", "ner", "--model", Tagger(), "--data", tagged, "--train", tagged, "--scheme", "iob2")).Done().Lines;
        lines.ShouldContain(line => line.Contains("weighted avg"));
        lines.Single(line => line.Contains("frequency") && line.Contains(" f1 ")).ShouldEndWith("100.00");
        (await Outcome.OfAsync("evaluate", "--task", "ner", "--model", Tagger(), "--data", tagged, "--scheme", "x")).Error.ShouldContain("'x' is no scheme");

        var labeled = _folder.Write("labeled.tsv", "text\tlabel\na man\tgood\na dog\tbad\na man eats\tgood\n");
        var json = (await Outcome.OfAsync("evaluate", "--task", "labels", "--model", Classifier(ClassificationProblem.SingleLabel), "--data", labeled, "--train", labeled, "--format", "json")).Done().Lines;
        json.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("method").GetString()).ShouldBe(["model", "bag of words", "majority"]);

        var contexts = _folder.Write("contexts.tsv", "doc_id\ttext\n1\tA man lives in Berlin.\n");
        var questions = _folder.Write("questions.tsv", "query_id\trelevant_doc_id\tquestion\tanswer\n1\t1\tWho?\tA man\n2\t1\tWhere?\tBerlin\n");
        (await Outcome.OfAsync("evaluate", "--task", "answers", "--model", Reader(), "--data", questions, "--contexts", contexts, "--first", "1")).Done().Lines.Length.ShouldBe(2);
    }

    [Fact]
    public async Task Wrong_options_and_models_are_named()
    {
        (await Outcome.OfAsync("tag", Text)).Error.ShouldContain("--model");
        (await Outcome.OfAsync("tag", Text, "--input", "x", "--model", "m")).Error.ShouldContain("as arguments or with --input, not both");
        (await Outcome.OfAsync("answer", Question, "--model", "m")).Error.ShouldContain("Give a text with --text, a file with --input, or an index with --index.");
        (await Outcome.OfAsync("answer", Question, "--text", Text, "--passages", "3", "--model", "m")).Error.ShouldContain("--passages is for --index.");
        (await Outcome.OfAsync("answer", Question, "--input", "x", "--no-answer", "--model", "m")).Error.ShouldContain("--no-answer is for --text.");
        (await Outcome.OfAsync("tag", Text, "--model", Fixtures.Own("st/cross-encoder"))).Error.ShouldContain("load it with CrossEncoder");
        (await Outcome.OfAsync("encode", "--model", Tagger(), "--input", _folder.Write("t.txt", "a\n"))).Error.ShouldContain("use the command tag");
        (await Outcome.OfAsync("info", "--model", Tagger())).Done().Output.ShouldContain("B-PER");
        (await Outcome.OfAsync("info", "--model", Reader())).Done().Output.ShouldContain("QuestionAnswerer");
    }

    private static string Score(float score) => score.ToString("F6", CultureInfo.InvariantCulture);

    private string Tagger() => Saved("tagger", folder => TokenClassifier.Create(_input, ["O", "B-PER", "I-PER", "B-LOC"], 2).Save(folder));

    private string Reader() => Saved("reader", folder => QuestionAnswerer.Create(_input, 2).Save(folder));

    private string Classifier(ClassificationProblem problem) =>
        Saved($"{problem}", folder => TextClassifier.Create(_input, ["bad", "good", "neutral"], problem, 2).Save(folder));

    private string Saved(string name, Action<string> save)
    {
        var folder = _folder.Of(name);
        if (!Directory.Exists(folder))
        {
            save(folder);
        }

        return folder;
    }
}
