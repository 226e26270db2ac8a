namespace Semblance.Cli.Tests.Commands;

/// <summary>Recipes of cross-encoders.</summary>
public class TrainCrossEncoderTests
{
    private const string Answers = "question\tanswer\n"
        + "Where is my parcel?\tThe parcel is at the depot.\nWhen does the shop open?\tThe shop opens at nine.\nWho sings this song?\tA woman sings it.\n"
        + "Is it raining?\tThe sun shines.\nWhat does the dog eat?\tThe dog eats bread.\nHow do I pay?\tBy card or in cash.\n";

    private const string Lists = "question\ttext\trelevance\n"
        + "Where is my parcel?\tThe parcel is at the depot.\t2\nWhere is my parcel?\tThe shop opens at nine.\t0\nWhen does the shop open?\tThe sun shines.\t0\n"
        + "When does the shop open?\tThe shop opens at nine.\t1\nWhen does the shop open?\tThe shop is red.\t0\n";

    private const string Inference = "a\tb\tlabel\nA man eats.\tA person eats.\tyes\nA man eats.\tA man sleeps.\tno\nA dog runs.\tAn animal moves.\tyes\nA dog runs.\tA dog sits.\tno\n";

    [Theory]
    [InlineData("negatives: { from: random, count: 2 }", "MultipleNegativesRankingLoss: { negatives: 1, scale: 5 }")]
    [InlineData("negatives: { from: random, count: 2 }", "CachedMultipleNegativesRankingLoss: { negatives: 1, activation: identity, scale: 1, mini-batch: 2 }")]
    [InlineData("negatives: [{ from: bm25, count: 1, within: 3 }, { from: random, count: 1 }]", "BinaryCrossEntropyLoss: { positive-weight: 2 }")]
    [InlineData("negatives: { from: 'MODEL', count: 2, skip: 1 }", "RankNetLoss: { k: 2 }")]
    public async Task A_reranker_learns_from_questions_with_answers(string negatives, string loss)
    {
        using var folder = new TemporaryFolder();
        folder.Write("answers.tsv", Answers);
        folder.Write("lists.tsv", Lists);
        var recipe = folder.Write("r.yaml", Recipe("labels: 1", $$"""
            name: answers
                files: answers.tsv
                texts: [question, answer]
                {{negatives.Replace("MODEL", Fixtures.Own("st/mean-normalize"), StringComparison.Ordinal)}}
                loss: { {{loss}} }
            """, "{ task: reranking, name: dev, file: lists.tsv, texts: [question, text], score: relevance }"));
        var outcome = (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"))).Done();
        outcome.Error.ShouldContain("dev_map");
        outcome.Error.ShouldContain("answers: 6 rows");
        CrossEncoder.Load(folder.Of("out")).Labels.ShouldBe(["LABEL_0"]);
        File.ReadAllText(Path.Combine(folder.Of("out"), "README.md")).ShouldContain("pipeline_tag: text-ranking");
        (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"), "--resume", "--set", "steps=6")).Done().Error.ShouldContain("resuming from step 4");
    }

    [Theory]
    [InlineData("LambdaLoss: { weighting: lambda-rank, k: 2, sigma: 2, mini-batch: 2 }")]
    [InlineData("ListNetLoss")]
    [InlineData("ListMLELoss: { ordered: false }")]
    [InlineData("PListMLELoss")]
    [InlineData("ADRMSELoss: { temperature: 0.5 }")]
    public async Task Lists_are_rows_of_one_query(string loss)
    {
        using var folder = new TemporaryFolder();
        folder.Write("lists.tsv", Lists);
        var recipe = folder.Write("r.yaml", Recipe("labels: 1", $$"""
            name: lists
                form: lists
                files: lists.tsv
                texts: [question, text]
                score: relevance
                loss: {{(loss.Contains(':', StringComparison.Ordinal) ? $"{{ {loss} }}" : loss)}}
            """));
        (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"))).Done().Error.ShouldContain("lists: 2 rows");
        CrossEncoder.Load(folder.Of("out")).Predict("a", "b").Length.ShouldBe(1);
    }

    [Fact]
    public async Task Classes_are_learned_by_name_and_the_model_is_trained_further()
    {
        using var folder = new TemporaryFolder();
        folder.Write("nli.tsv", Inference);
        const string Data = "name: nli\n    files: nli.tsv\n    texts: [a, b]\n    label: label\n    labels: [no, yes]\n    loss: CrossEntropyLoss";
        const string Dev = "{ task: classes, name: dev, file: nli.tsv, texts: [a, b], label: label, labels: [no, yes] }";
        var recipe = folder.Write("r.yaml", Recipe("labels: [no, yes], max-length: 20", Data, Dev));
        (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"))).Done().Error.ShouldContain("dev_f1_macro");
        var model = CrossEncoder.Load(folder.Of("out"));
        (string.Join(' ', model.Labels), model.MaxSequenceLength).ShouldBe(("no yes", 20));
        var further = folder.Write("f.yaml", Recipe("", Data, Dev).Replace(Fixtures.Own("st/mean-normalize"), folder.Of("out"), StringComparison.Ordinal));
        (await Outcome.OfAsync("train", further, "--data", folder.Path, "--output", folder.Of("more"))).Done();
        CrossEncoder.Load(folder.Of("more")).Labels.ShouldBe(["no", "yes"]);
    }

    [Fact]
    public async Task A_new_transformer_begins_from_random_weights()
    {
        using var folder = new TemporaryFolder();
        folder.Write("lists.tsv", Lists);
        var recipe = folder.Write("r.yaml", Recipe("labels: 1", "name: lists\n    files: lists.tsv\n    texts: [question, text]\n    score: relevance\n    loss: MSELoss")
            .Replace($"folder: '{Fixtures.Own("st/mean-normalize")}'", $"new: {{ tokenizer: '{Fixtures.Own("st/mean-normalize")}', layers: 1, hidden-size: 8, heads: 2, max-length: 32 }}", StringComparison.Ordinal));
        (await Outcome.OfAsync("train", recipe, "--data", folder.Path, "--output", folder.Of("out"))).Done();
        CrossEncoder.Load(folder.Of("out")).MaxSequenceLength.ShouldBe(32);
    }

    [Theory]
    [InlineData("labels: 1", "labels: 2", "'labels' is '2'; a whole number from 1 to 1 is expected")]
    [InlineData("labels: 1", "max-length: 9", "'labels' is needed for a new head")]
    [InlineData("loss: ListNetLoss", "loss: CoSENTLoss", "there is no loss 'CoSENTLoss' of cross-encoders; there are BinaryCrossEntropyLoss")]
    [InlineData("loss: ListNetLoss", "loss: ListNetLoss\n    negatives: { from: random, count: 1 }", "'negatives' are for rows of two texts without score or label")]
    [InlineData("seed: 1", "seed: 1\nmodel: x", "a 'model' or a 'cross-encoder', not both")]
    public async Task A_recipe_with_a_fault_is_answered(string was, string now, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("lists.tsv", Lists);
        var text = Recipe("labels: 1", "name: lists\n    files: lists.tsv\n    texts: [question, text]\n    score: relevance\n    loss: ListNetLoss");
        text.ShouldContain(was);
        var outcome = await Outcome.OfAsync("train", folder.Write("r.yaml", text.Replace(was, now, StringComparison.Ordinal)), "--data", folder.Path, "--output", folder.Of("out"));
        (outcome.ExitCode, outcome.Error.Contains(expected, StringComparison.Ordinal)).ShouldBe((1, true), outcome.Error);
    }

    private static string Recipe(string head, string data, string? evaluate = null) => $$"""
        cross-encoder: { folder: '{{Fixtures.Own("st/mean-normalize")}}'{{(head.Length > 0 ? ", " + head : "")}} }
        seed: 1
        datasets:
          - {{data}}
            batch-size: 2
        steps: 4
        rate: 1e-3
        checkpoint-every: 2
        {{(evaluate is null ? "" : $"evaluate: {{ every: 2, on: [{evaluate}] }}")}}
        """;
}
