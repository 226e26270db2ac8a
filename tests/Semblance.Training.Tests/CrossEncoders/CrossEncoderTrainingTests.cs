using Semblance.Modules;
using Semblance.Training.CrossEncoders;

namespace Semblance.Training.Tests.CrossEncoders;

/// <summary>Cross-encoders in the trainer, the evaluators and the model card.</summary>
public sealed class CrossEncoderTrainingTests : IDisposable
{
    private static readonly string[] Queries = ["A man is eating food.", "A man is riding a horse.", "A woman is playing violin.", "The girl is carrying a baby."];
    private static readonly string[] Answers = ["Someone eats.", "He rides a horse.", "She plays the violin.", "A baby is carried."];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_training_learns_its_lists_and_leaves_the_best_model()
    {
        var model = Model();
        var evaluator = new RerankingEvaluator([.. Rows().Select(row => new RerankingSample(row.Texts[0], [row.Texts[1]], [.. row.Texts.Skip(2)]))], "lists");
        evaluator.Evaluate(model).PrimaryScore.ShouldBeLessThan(0.95);
        var best = Make(model, Path.Combine(_folder.FullName, "m"), 40, evaluator).Train();
        best.ShouldBe(1);
        var read = CrossEncoder.Load(Path.Combine(_folder.FullName, "m"));
        var result = evaluator.Evaluate(read);
        result.Metrics.ShouldBe(new Dictionary<string, double> { ["lists_map"] = 1, ["lists_mrr@10"] = 1, ["lists_ndcg@10"] = 1 });
        result.PrimaryMetric.ShouldBe("lists_ndcg@10");
        read.Rank(Queries[0], [Answers[2], Answers[0]])[0].Text.ShouldBe(Answers[0]);
    }

    [Fact]
    public void A_training_that_was_stopped_goes_on_with_the_same_bits()
    {
        var whole = Model();
        Make(whole, Path.Combine(_folder.FullName, "whole"), 6).Train();
        var folder = Path.Combine(_folder.FullName, "stopped");
        using var stop = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => Make(Model(), folder, 6).Train(progress: new Stop(3, stop), cancellationToken: stop.Token));
        var model = Model();
        Make(model, folder, 6).Train(resume: true);
        foreach (var (a, b) in whole.Parameters().Zip(model.Parameters()))
        {
            b.Value.Values.ToArray().ShouldBe(a.Value.Values.ToArray(), a.Name);
        }

        whole.Parameters().Zip(Model().Parameters()).Any(pair => !pair.First.Value.Values.SequenceEqual(pair.Second.Value.Values)).ShouldBeTrue();
    }

    [Fact]
    public void Evaluators_measure_the_scores_of_pairs()
    {
        var model = Model();
        double[] scores = [.. Queries.Zip(Answers, (query, answer) => (double)model.Predict(query, answer)[0])];
        var sts = new EmbeddingSimilarityEvaluator(Queries, Answers, [3, 1, 4, 2]).Evaluate(model);
        (sts.PrimaryMetric, sts.PrimaryScore, sts.Metrics["pearson"]).ShouldBe(("spearman", Correlation.Spearman([3, 1, 4, 2], scores), Correlation.Pearson([3, 1, 4, 2], scores)));
        var pairs = new BinaryClassificationEvaluator(Queries, Answers, [true, false, true, false], "pairs").Evaluate(model);
        (pairs.PrimaryMetric, pairs.PrimaryScore).ShouldBe(("pairs_ap", BinaryClassification.AveragePrecision(scores, [true, false, true, false])));
        pairs.Metrics.Keys.ShouldBe(["pairs_accuracy", "pairs_accuracy_threshold", "pairs_f1", "pairs_f1_threshold", "pairs_precision", "pairs_recall", "pairs_ap", "pairs_mcc"]);
        var triplets = new TripletEvaluator(Queries[..1], Answers[..1], Answers[1..2]).Evaluate(model);
        triplets.Metrics["accuracy"].ShouldBe(model.Predict(Queries[0], Answers[0])[0] > model.Predict(Queries[0], Answers[1])[0] ? 1 : 0);
        new SequentialEvaluator([new TripletEvaluator(Queries, Answers, Queries, "a"), new TripletEvaluator(Queries, Answers, Answers, "b")]).Evaluate(model).Metrics.Keys.ShouldBe(["a_accuracy", "b_accuracy", "sequential_score"]);
        Should.Throw<NotSupportedException>(() => new MSEEvaluator(Queries, Answers, RecordedModel.MeanNormalize).Evaluate(model)).Message.ShouldContain("MSEEvaluator needs sentence embeddings");
    }

    [Fact]
    public void Classes_are_those_of_the_largest_logit()
    {
        var model = CrossEncoder.Create((TransformerModule)RecordedModel.MeanNormalize.Modules[0], ["no", "maybe", "yes"], seed: 4);
        int[] answers = [.. Queries.Zip(Answers, (query, answer) => Array.IndexOf(model.Predict(query, answer), model.Predict(query, answer).Max()))];
        new LabelAccuracyEvaluator(Queries, Answers, answers).Evaluate(model).Metrics.ShouldBe(new Dictionary<string, double> { ["accuracy"] = 1, ["f1_macro"] = 1, ["f1_micro"] = 1, ["f1_weighted"] = 1 });
        var wrong = new LabelAccuracyEvaluator(Queries, Answers, [(answers[0] + 1) % 3, .. answers[1..]], "nli").Evaluate(model);
        (wrong.PrimaryMetric, wrong.Metrics["nli_accuracy"]).ShouldBe(("nli_f1_macro", 0.75));
        wrong.PrimaryScore.ShouldBeLessThan(1);
        wrong.Metrics["nli_f1_micro"].ShouldBe(0.75);
        Should.Throw<ArgumentException>(() => new LabelAccuracyEvaluator(Queries, Answers, [0, 1, 3, 0]).Evaluate(model)).Message.ShouldContain("A model with 3 labels cannot predict 4 labels");
        Should.Throw<ArgumentException>(() => new TripletEvaluator(Queries, Answers, Answers).Evaluate(model)).Message.ShouldContain("3 labels");
    }

    [Fact]
    public void The_card_shows_a_reranker_as_one()
    {
        var summary = new TrainingSummary { Name = "acme/ranker", Datasets = [new DatasetSummary("lists", 4, new LambdaLoss()) { Examples = [.. Rows().Take(1)] }], Steps = 1, Duration = TimeSpan.FromSeconds(1) };
        var card = ModelCard.Render(summary, Model());
        card.ShouldContain("pipeline_tag: text-ranking");
        card.ShouldContain("- \"cross-encoder\"\n");
        card.ShouldContain("var model = CrossEncoder.Load(\"acme/ranker\");");
        card.ShouldContain("ranking = model.rank(\"A man is eating food.\", [\n    \"Someone eats.\",\n");
        card.ShouldContain("wang2018lambdaloss");
        card.ShouldNotContain("SentenceTransformer.Load");
        ModelCard.Render(summary, CrossEncoder.Create((TransformerModule)RecordedModel.MeanNormalize.Modules[0], ["no", "yes"])).ShouldContain("pipeline_tag: text-classification");
    }

    private static Example[] Rows() => [.. Queries.Select((query, i) => new Example([query, Answers[i], .. Answers.Where((_, j) => j != i)]))];

    private static CrossEncoder Model() => CrossEncoder.Create((TransformerModule)RecordedModel.MeanNormalize.Modules[0], seed: 1);

    private static Trainer Make(CrossEncoder model, string folder, int steps, Evaluator? evaluator = null)
    {
        var rows = Rows();
        return new Trainer(
            model,
            [new TrainingDataset("lists", rows, new LambdaLoss())],
            new DefaultBatchSampler(rows.Length, 2),
            parameters => new AdamW(ParameterGroups.From([.. parameters], weightDecay: 0.01)),
            new TrainerOptions { Steps = steps, Schedule = new ConstantSchedule(3e-3), EvaluateEvery = 5, Folder = folder, CheckpointEvery = 1, DropoutRate = 0.1f },
            evaluator);
    }

    private sealed class Stop(int after, CancellationTokenSource source) : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value)
        {
            if (value.Step + 1 == after)
            {
                source.Cancel();
            }
        }
    }
}
