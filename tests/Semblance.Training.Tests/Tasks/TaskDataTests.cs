namespace Semblance.Training.Tests.Tasks;

public sealed class TaskDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Columns_of_words_and_tags_become_sentences()
    {
        var sentences = TaggedSentences.Read(File("a.tsv", "token\ttag\nEU\tB-ORG\nrejects\tO\n\n\n加\tO\n入\tO\n")).ToArray();
        sentences.Select(sentence => sentence.Words.Text).ShouldBe(["EU rejects", "加入"]);
        sentences[0].Tags.ShouldBe(["B-ORG", "O"]);
        TaggedSentences.Read(File("a.txt", "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\ntag NN I-NP O\n")).Single().Tags.ShouldBe(["B-ORG", "O"]);
        TaggedSentences.LabelsOf(sentences).ShouldBe(["O", "B-ORG"]);
    }

    [Fact]
    public void Lines_of_JSON_have_tokens_and_tags()
    {
        var sentence = TaggedSentences.Read(File("a.jsonl", """{"tokens": ["EU", "rejects"], "tags": ["B-ORG", "O"]}""")).Single();
        sentence.ToExample(new LabelNames("O", "B-ORG")).ShouldSatisfyAllConditions(
            row => row.Texts.ShouldBe(["EU rejects"]),
            row => row.Spans.ShouldBe([new LabeledSpan(0, 2, 1), new LabeledSpan(3, 7, 0)]));
        Fault(() => TaggedSentences.Read(File("b.jsonl", """{"tokens": ["EU", "rejects"], "tags": ["O"]}""")).ToArray()).ShouldContain("There are 2 words, but 1 tags");
        Fault(() => TaggedSentences.Read(File("c.jsonl", """{"text": "EU"}""")).ToArray()).ShouldContain("the row has no list of texts 'tokens'");
        Fault(() => TaggedSentences.Read(File("d.jsonl", """{"tokens": [], "tags": []}""")).ToArray()).ShouldContain("The text has no words");
    }

    [Fact]
    public void A_word_without_a_tag_is_named_with_its_line() =>
        Fault(() => TaggedSentences.Read(File("a.tsv", "token\ttag\nEU\tB-ORG\nrejects\n")).ToArray()).ShouldContain("line 3: 'rejects' is no word with a tag");

    [Fact]
    public void Positions_of_SQuAD_count_code_points()
    {
        var path = File("a.json", """
            {"version": "v2.0", "data": [{"paragraphs": [{"context": "🙂 Maria lives in Berlin.", "qas": [
              {"id": "1", "question": "Who?", "answers": [{"text": "Maria", "answer_start": 2}], "is_impossible": false},
              {"id": "2", "question": "Why?", "answers": [], "plausible_answers": [], "is_impossible": true}]}]}]}
            """);
        var questions = AnsweredQuestions.Read(path).ToArray();
        questions[0].Answers.ShouldBe([new LabeledSpan(3, 5)]);
        questions[0].AnswerTexts.ShouldBe(["Maria"]);
        questions[1].Answers.ShouldBeEmpty();
        questions[1].AnswerTexts.ShouldBe([""]);
    }

    [Fact]
    public void An_answer_that_is_not_in_its_text_is_named()
    {
        Fault(() => AnsweredQuestions.Read(File("a.json", """
            {"data": [{"paragraphs": [{"context": "Maria", "qas": [{"id": "7", "question": "Who?", "answers": [{"text": "Paul", "answer_start": 0}]}]}]}]}
            """)).ToArray()).ShouldContain("question '7': the answer 'Paul' is not in its text at position 0");
        Fault(() => AnsweredQuestions.Read(File("a.tsv", "question\tcontext\tanswer\nWho?\tMaria\tPaul\n")).ToArray()).ShouldContain("the answer 'Paul' is not in its text");
        Fault(() => AnsweredQuestions.Read(File("b.json", """{"rows": []}""")).ToArray()).ShouldContain("there is no list 'data'");
        Fault(() => AnsweredQuestions.Read(File("c.json", "{")).ToArray()).ShouldContain("it is not JSON");
    }

    [Fact]
    public void A_long_text_becomes_overlapping_windows_that_keep_their_answers()
    {
        var context = string.Join(' ', Enumerable.Range(0, 50).Select(i => $"word{i:00}"));
        var question = new AnsweredQuestion("1", "Which?", context, [new LabeledSpan(context.IndexOf("word30", StringComparison.Ordinal), 6)]);
        var rows = question.ToExamples(100, 40).ToArray();
        rows.Length.ShouldBeGreaterThan(4);
        rows.ShouldAllBe(row => row.Texts[1].Length <= 100 && row.Texts[1].StartsWith("word"));
        rows[^1].Texts[1].ShouldEndWith("word49");
        var found = rows.Where(row => row.Spans!.Count > 0).ToArray();
        found.ShouldNotBeEmpty();
        found.ShouldAllBe(row => row.Texts[1].Substring(row.Spans![0].Start, row.Spans![0].Length) == "word30");
        question.ToExamples().Single().Texts[1].ShouldBe(context);
    }

    [Fact]
    public void Several_labels_of_a_row_become_targets()
    {
        var path = File("a.tsv", "text\ttopics\none\tgrain,wheat\ntwo\t\n");
        var rows = new DatasetReader(path, new ColumnMapping("text") { Label = "topics", LabelSeparator = ",", LabelNames = new LabelNames("grain", "oil", "wheat") }).ToArray();
        rows.Select(row => row.Targets!.ToArray()).ShouldBe([[1, 0, 1], [0, 0, 0]]);
        Should.Throw<ArgumentException>(() => new DatasetReader(path, new ColumnMapping("text") { Label = "topics", LabelSeparator = "," }));
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(_folder.Path, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    private static string Fault(Func<object> read) => Should.Throw<DatasetException>(() => read()).Message;
}
