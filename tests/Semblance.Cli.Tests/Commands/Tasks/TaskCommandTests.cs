using System.Globalization;
using System.Text.Json;
using Semblance.Modules;
using Semblance.Transformers;

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
    public async Task Texts_are_summarized_and_translated_with_the_settings_of_the_task()
    {
        var model = Generator();
        var expected = SequenceToSequenceModel.Load(model);
        (await Outcome.OfAsync("summarize", "a b", "c", "--model", model)).Done().Lines
            .ShouldBe(expected.ForTask("summarization").Generate(["a b", "c"]).Select(text => Line(text.Text)));
        var json = JsonDocument.Parse((await Outcome.WithInputAsync("a b\n", "translate", "--model", model, "--from", "en", "--to", "de", "--format", "json")).Done().Lines.Single()).RootElement;
        json.EnumerateObject().Select(member => member.Name).ShouldBe(["text", "translation", "truncated"]);
        json.GetProperty("translation").GetString().ShouldBe(expected.ForTask("translation_en_to_de").Generate("a b"));
        (await Outcome.OfAsync("translate", "a b", "--model", model, "--prefix", "x: ", "--num-beams", "2", "--max-new-tokens", "3")).Done().Lines.Single()
            .ShouldBe(Line(expected.Generate("a b", new() { Prompt = "x: ", Generation = expected.Config.Generation with { NumBeams = 2, MaxNewTokens = 3 } })));
        (await Outcome.OfAsync("translate", "a", "--model", model)).Error.ShouldContain("translation_en_to_de, translation_en_to_fr");
        (await Outcome.OfAsync("translate", "a", "--model", model, "--from", "en", "--to", "xx")).Error.ShouldContain("no settings for 'translation_en_to_xx'");
        (await Outcome.OfAsync("translate", "a", "--model", model, "--from", "en")).Error.ShouldContain("--from and --to are used together.");
        (await Outcome.OfAsync("info", "--model", model)).Done().Output.ShouldContain("summarization, translation_en_to_de");
        (await Outcome.OfAsync("summarize", "a", "--model", Tagger())).Error.ShouldContain("load it with TokenClassifier");
        static string Line(string text) => text.Replace('\n', ' ');
    }

    [Fact]
    public async Task Long_texts_are_cut_with_a_warning_refused_or_divided()
    {
        var text = string.Join(' ', Enumerable.Repeat("a b c d. E f", 12));
        string[] command = ["summarize", text, "--model", Generator(), "--max-new-tokens", "2"];
        (await Outcome.OfAsync(command)).Done().Error.ShouldContain("1 of 1 texts were cut to 48 tokens");
        (await Outcome.OfAsync([.. command, "--truncation", "error"])).ExitCode.ShouldBe(1);
        (await Outcome.OfAsync([.. command, "--truncation", "chunk"])).Done().Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task Generated_texts_are_evaluated_beside_the_lead_and_the_source()
    {
        var data = _folder.Write("pairs.tsv", "en\tde\na b. c. d. e.\ta b. c. d.\nx\ty\n");
        var lines = (await Outcome.OfAsync("evaluate", "--task", "summaries", "--model", Generator(), "--data", data, "--first", "1", "--stemming")).Done().Lines;
        lines.Single(line => line.Contains("lead-3") && line.Contains("rougeL ")).ShouldEndWith("100.00");
        var json = (await Outcome.OfAsync("evaluate", "--task", "translation", "--model", Generator(), "--data", data, "--columns", "de,de", "--num-beams", "2", "--format", "json")).Done().Lines;
        json.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("method").GetString()).ShouldBe(["model", "source"]);
        JsonDocument.Parse(json[1]).RootElement.GetProperty("metrics").GetProperty("chrf").GetDouble().ShouldBe(100, 1e-9);
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

    // A T5 with settings for several tasks, as t5-small has.
    private string Generator() => Saved("generator", folder =>
    {
        var tokenizer = CharacterTokenizer.Create("t5");
        var sizes = new ModelSizes
        {
            VocabSize = tokenizer.VocabularySize,
            HiddenSize = 16,
            NumHiddenLayers = 1,
            NumAttentionHeads = 2,
            MaxPositionEmbeddings = 48,
        };
        SequenceToSequenceModel.Create(RandomModel.CreateTransformer("t5", tokenizer, sizes, 3), 8, seed: 1).Save(folder);
        var path = Path.Combine(folder, "config.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace(
            "\"model_type\"",
            """
            "task_specific_params": {"summarization": {"max_length": 6, "num_beams": 2, "prefix": "summarize: "}, "translation_en_to_de": {"prefix": "to German: "}, "translation_en_to_fr": {"prefix": "to French: "}},
            "model_type"
            """, StringComparison.Ordinal));
    });

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
