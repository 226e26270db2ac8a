namespace Semblance.Training.Tests.Reports;

/// <summary>A training to report on.</summary>
internal static class Summaries
{
    public static TrainingSummary Parcels { get; } = new()
    {
        Name = "acme/parcels-small",
        BaseModel = "google/bert_uncased_L-4_H-256_A-4",
        Languages = ["en", "no"],
        License = "Apache-2.0",
        Datasets =
        [
            new("sentence-transformers/all-nli", 557_850, new MatryoshkaLoss(new MultipleNegativesRankingLoss(), new() { Dimensions = [256, 64] }))
            {
                Source = "SNLI and MultiNLI, CC BY-SA 4.0",
                BatchSize = "64",
                Sampler = "no-duplicates",
                LossSettings = [new("dimensions", "256, 64"), new("loss", "MultipleNegativesRankingLoss")],
                Examples = [new(["A man plays a \"guitar\".", "Somebody | makes *music*.", "Nobody is there.\n# no heading"])],
            },
            new("our own pairs", 12_345, new CoSENTLoss()) { Examples = [new(["a", "b"], Score: 0.5f), new(["c", "d"], Score: 1)] },
        ],
        Settings = [new("batch size", "64"), new("learning rate", "2e-5, linear, 10 % warm-up"), new("<script>", "a | b")],
        Results =
        [
            new("before training", new EvaluationResult(new OrderedDictionary<string, double> { ["sts-dev_pearson_cosine"] = 0.5, ["sts-dev_spearman_cosine"] = 0.6125 }, "sts-dev_spearman_cosine")),
            new(
                "trained",
                new EvaluationResult(
                    new OrderedDictionary<string, double> { ["sts-dev_pearson_cosine"] = double.NaN, ["sts-dev_spearman_cosine"] = 0.84375, ["nano_beir_cosine_ndcg@10"] = 0.25 },
                    "sts-dev_spearman_cosine")),
        ],
        Steps = 12_000,
        Duration = new TimeSpan(2, 5, 6),
        Finished = new DateTimeOffset(2025, 3, 1, 0, 0, 0, TimeSpan.Zero),
        Machine = new("Some Processor(R) @ 2.0GHz", 8, ".NET 10.0.1", "Linux"),
    };
}
