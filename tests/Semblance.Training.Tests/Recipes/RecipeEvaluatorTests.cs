using Semblance.Training.Recipes;

namespace Semblance.Training.Tests.Recipes;

/// <summary>The evaluations under <c>evaluate: on:</c>, and the metric by which they choose.</summary>
public sealed class RecipeEvaluatorTests : IDisposable
{
    private static readonly string[] Animals = ["dog", "cat", "horse", "bird", "fish", "cow"];
    private static readonly string[] Fruits = ["apple", "pear", "plum", "grape", "fig", "lime"];

    private readonly TemporaryFolder _folder = new();

    public RecipeEvaluatorTests()
    {
        File.WriteAllText(_folder.File("corpus.tsv"), "doc_id\ttext\nd1\tThe parcel is at the depot.\nd2\tThe shop opens at nine.\nd3\tPay by card.\n");
        File.WriteAllText(_folder.File("queries.tsv"), "query_id\ttext\nq1\tThe parcel is at the depot.\nq2\tThe shop opens at nine.\n");
        File.WriteAllText(_folder.File("qrels.tsv"), "query_id\tdoc_id\nq1\td1\nq2\td2\n");
        var rows = Animals.Select(word => $"The {word} sleeps.\tanimal\t1").Concat(Fruits.Select(word => $"Eat this {word} now\tfruit\t0"));
        File.WriteAllText(_folder.File("topics.tsv"), $"text\tlabel\ts\n{string.Join('\n', rows)}\n");
    }

    public static TheoryData<string, string, double?> Evaluations => new()
    {
        { "{task: retrieval, name: faq, corpus: corpus.tsv, queries: queries.tsv, qrels: qrels.tsv}", "faq_cosine_ndcg@10", 1 },
        { "{task: retrieval, name: faq, corpus: corpus.tsv, queries: queries.tsv, qrels: qrels.tsv, metric: mrr@10}", "faq_cosine_mrr@10", 1 },
        { "{task: retrieval, name: faq, corpus: corpus.tsv, queries: queries.tsv, qrels: qrels.tsv, metric: recall@100}", "faq_cosine_recall@100", 1 },
        { "{task: classification, name: topics, train: topics.tsv}", "topics_accuracy", null },
        { "{task: classification, name: topics, train: topics.tsv, test: topics.tsv, dev: topics.tsv, texts: text, label: label}", "topics_accuracy", 1 },
        { "{task: classification, name: topics, train: topics.tsv, test: topics.tsv, classifier: nearest-centroid}", "topics_cosine_accuracy", null },
        { "{task: clustering, name: topics, file: topics.tsv, texts: text, label: label}", "topics_v_measure", null },
        { "{task: clustering, name: topics, file: topics.tsv, metric: ari}", "topics_ari", null },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Evaluations))]
    public async Task An_encoder_is_compared_by_the_named_metric(string evaluation, string metric, double? score)
    {
        var before = await Evaluate($"model: {Fixtures.Own("st/mean-normalize")}", evaluation);
        before.PrimaryMetric.ShouldBe(metric);
        before.PrimaryScore.ShouldBeInRange(-1, 1);
        (score is null || before.PrimaryScore == score).ShouldBeTrue();
    }

    [Fact]
    public async Task A_cross_encoder_is_evaluated_by_the_documents_of_a_search_by_words()
    {
        var before = await Evaluate(
            $"cross-encoder: {{ folder: {Fixtures.Own("st/mean-normalize")}, labels: 1 }}",
            "{task: retrieval, name: faq, corpus: corpus.tsv, queries: queries.tsv, qrels: qrels.tsv, metric: recall@3}");
        before.PrimaryMetric.ShouldBe("faq_recall@3");
        before.PrimaryScore.ShouldBe(1); // BM25 finds both, and all are reranked
    }

    [Fact]
    public async Task A_late_interaction_model_is_evaluated_by_retrieval()
    {
        var before = await Evaluate(
            $"multi-vector: {{ folder: {Fixtures.Own("st/mean-normalize")}, dimensions: 8 }}",
            "{task: retrieval, name: faq, corpus: corpus.tsv, queries: queries.tsv, qrels: qrels.tsv, metric: mrr@10}");
        before.PrimaryMetric.ShouldBe("faq_maxsim_mrr@10");
    }

    [Fact]
    public async Task The_best_model_is_that_of_the_first_evaluation_and_its_metric()
    {
        var recipe = Recipe.Parse(
            Text(
                $"model: {Fixtures.Own("st/mean-normalize")}",
                "[{task: clustering, name: topics, file: topics.tsv, metric: nmi}, {task: classification, name: intents, train: topics.tsv}]"),
            Options);
        var result = await recipe.RunAsync();
        var best = TrainingLog.Load(result.Output).Select(step => step.Evaluation).OfType<EvaluationResult>().Max(evaluation => evaluation.Metrics["topics_nmi"]);
        result.Score.ShouldBe(best);
        var card = File.ReadAllText(Path.Combine(result.Output, "README.md"));
        card.ShouldContain("| topics | 12 | 4 | shuffle | CoSENTLoss | scale: 10 |");
        card.ShouldContain("| schedule | linear, warm-up of 0 steps |");
        card.ShouldContain("| precision | float32 |");
        File.ReadAllText(Path.Combine(result.Output, "report.html")).ShouldContain("data-steps=\"0,2,4\"");
    }

    [Theory]
    [InlineData("model", "{task: retrieval, name: n, corpus: corpus.tsv, queries: queries.tsv, metric: f1}", "'metric' is 'f1'; it can be ndcg@10, mrr@10")]
    [InlineData("model", "{task: clustering, name: n, file: topics.tsv, scores: a}", "has no setting 'scores'")]
    [InlineData("model", "{task: clustering, name: n}", "lacks 'file'")]
    [InlineData("model", "{task: clustering, name: n, file: topics.tsv, texts: [text, label]}", "expected 1 column of texts, found 2")]
    [InlineData("model", "{task: classification, name: n, train: topics.tsv, classifier: nearest-centroid}", "'nearest-centroid' needs a 'test' file")]
    [InlineData("model", "{task: classification, name: n, train: topics.tsv, dev: topics.tsv}", "a 'dev' file is for 'logistic-regression' with a 'test' file")]
    [InlineData("model", "{task: retrieval, name: n, corpus: corpus.tsv, queries: queries.tsv}", "None of the 2 queries has a relevant document")]
    [InlineData("model", "{task: classes, name: n, file: topics.tsv}", "a 'model' cannot be evaluated by 'classes'; it can be evaluated by sts, pairs")]
    [InlineData("cross-encoder", "{task: clustering, name: n, file: topics.tsv}", "a 'cross-encoder' cannot be evaluated by 'clustering'")]
    [InlineData("multi-vector", "{task: sts, name: n, file: topics.tsv}", "a 'multi-vector' cannot be evaluated by 'sts'; it can be evaluated by triplets, reranking, retrieval.")]
    public async Task A_wrong_evaluation_is_named_with_its_line(string model, string evaluation, string problem)
    {
        var folder = Fixtures.Own("st/mean-normalize");
        var begun = model == "model" ? $"model: {folder}" : $"{model}: {{ folder: {folder}, {(model == "multi-vector" ? "dimensions: 8" : "labels: 1")} }}";
        var message = (await Should.ThrowAsync<RecipeException>(() => Evaluate(begun, evaluation))).Message;
        message.ShouldContain(problem);
        message.ShouldStartWith("recipe, line 6:");
    }

    [Fact]
    public async Task A_changed_evaluation_file_or_metric_is_refused_when_training_resumes()
    {
        const string Evaluation = "{task: retrieval, name: faq, corpus: corpus.tsv, queries: queries.tsv, qrels: qrels.tsv, metric: METRIC}";
        var model = $"model: {Fixtures.Own("st/mean-normalize")}";
        await Recipe.Parse(Text(model, Evaluation.Replace("METRIC", "mrr@10", StringComparison.Ordinal)), Options).RunAsync();
        File.AppendAllText(_folder.File("qrels.tsv"), "q1\td3\n");
        var changed = Recipe.Parse(Text(model, Evaluation.Replace("METRIC", "map@100", StringComparison.Ordinal)), Options);
        var changes = (await Should.ThrowAsync<TrainingChangedException>(() => changed.RunAsync(new RecipeRunOptions { Resume = true }))).Changes;
        changes.Select(change => change.Name).Order().ShouldBe(["evaluate.on.metric", "evaluate.on.qrels"]);
    }

    private RecipeOptions Options => new() { DataFolder = _folder.Path, Output = _folder.File("out") };

    private static string Text(string model, string evaluation)
    {
        var loss = model.Split(':')[0] switch
        {
            "model" => "score: s, loss: {CoSENTLoss: {scale: 10}}",
            "cross-encoder" => "loss: MultipleNegativesRankingLoss",
            _ => "loss: MultiVectorMultipleNegativesRankingLoss",
        };
        return $$"""
            {{model}}
            output: out
            datasets: [{name: topics, files: topics.tsv, texts: [text, label], {{loss}}, batch-size: 4}]
            steps: 4
            rate: 1e-4
            evaluate: {every: 2, on: {{evaluation}}}
            """;
    }

    private async Task<EvaluationResult> Evaluate(string model, string evaluation)
    {
        var training = await Recipe.Parse(Text(model, evaluation), Options).PrepareAsync();
        return training.EvaluateBefore().ShouldNotBeNull();
    }
}
