namespace Semblance.Cli.Tests.Commands;

/// <summary>Tests what is said about data that do not fit the model of a task: one sentence, and an earlier training stays.</summary>
public class TrainTaskFaultTests
{
    [Theory]
    [InlineData(
        "text-classifier: { folder: MODEL, labels: [no, yes] }", "d.tsv", "text\tlabel\na\tyes\nb\tmaybe\n",
        "texts: [text], label: label, loss: TextClassificationLoss", "d.tsv, line 3: there is no label 'maybe'; the 2 labels are no, yes")]
    [InlineData(
        "token-classifier: { folder: MODEL, labels: [O, B-PER] }", "d.tsv", "token\ttag\nMaria\tB-PER\n\nEU\tB-ORG\n",
        "form: tagged-words, loss: TokenClassificationLoss", "there is no label 'B-ORG'; the 2 labels are O, B-PER")]
    [InlineData(
        "token-classifier: { folder: MODEL }", "d.jsonl", "{\"tokens\": [\"EU\", \"rejects\"], \"tags\": [\"O\"]}\n",
        "form: tagged-words, loss: TokenClassificationLoss", "d.jsonl, line 1: There are 2 words, but 1 tags; each word needs one tag")]
    [InlineData(
        "token-classifier: { folder: MODEL }", "d.jsonl", "{\"tokens\": [], \"tags\": []}\n",
        "form: tagged-words, loss: TokenClassificationLoss", "d.jsonl, line 1: The text has no words")]
    [InlineData(
        "question-answerer: { folder: MODEL }", "d.tsv", "question\tcontext\tanswer\nWho?\tMaria lives.\tPaul\n",
        "form: questions, loss: QuestionAnsweringLoss", "d.tsv, line 2: the answer 'Paul' is not in its text")]
    [InlineData(
        "model: MODEL", "d.jsonl", "{\"text\": \"a\", \"teacher\": [1, 0, 0]}\n{\"text\": \"b\", \"teacher\": [0, 1, 0]}\n",
        "texts: [text], targets: [teacher], loss: EmbedDistillLoss", "EmbedDistillLoss needs")]
    public async Task Data_that_do_not_fit_are_named_in_one_sentence_and_an_earlier_training_stays(
        string model, string file, string content, string data, string problem)
    {
        using var folder = new TemporaryFolder();
        folder.Write(file, content);
        Directory.CreateDirectory(folder.Of("out"));
        var earlier = folder.Write("out/model.safetensors", "an earlier model");
        var recipe = folder.Write("r.yaml", $$"""
            {{model.Replace("MODEL", Fixtures.Own("st/mean-normalize"), StringComparison.Ordinal)}}
            output: {{folder.Of("out")}}
            datasets: [{ name: d, files: {{file}}, {{data}}, batch-size: 2 }]
            rate: 1e-4
            steps: 1
            """);
        var outcome = await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--overwrite");
        outcome.ExitCode.ShouldBe(CommandLine.Failed, outcome.Error);
        outcome.ErrorLines[^1].ShouldStartWith("semblance: ");
        outcome.ErrorLines[^1].ShouldContain(problem);
        File.ReadAllText(earlier).ShouldBe("an earlier model");
    }
}
