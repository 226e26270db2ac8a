namespace Semblance.Training.Tests.Reports;

public sealed class ModelCardTests
{
    private static readonly string Card = ModelCard.Render(Summaries.Parcels, RecordedModel.MeanNormalize);

    [Fact]
    public void Its_head_says_what_the_Hub_reads()
    {
        Card[..(Card.IndexOf("\n---\n", StringComparison.Ordinal) + 5)].ShouldBe("""
            ---
            language:
            - "en"
            - "no"
            license: "apache-2.0"
            library_name: sentence-transformers
            pipeline_tag: sentence-similarity
            base_model: "google/bert_uncased_L-4_H-256_A-4"
            tags:
            - "sentence-transformers"
            - "sentence-similarity"
            - "feature-extraction"
            - "semblance"
            - "loss:MatryoshkaLoss"
            - "loss:MultipleNegativesRankingLoss"
            - "loss:CoSENTLoss"
            datasets:
            - "sentence-transformers/all-nli"
            metrics:
            - "spearman_cosine"
            - "cosine_ndcg@10"
            model-index:
            - name: "acme/parcels-small"
              results:
              - task:
                  type: semantic-similarity
                  name: Semantic Similarity
                dataset:
                  name: "sts-dev"
                  type: "sts-dev"
                metrics:
                - type: "spearman_cosine"
                  value: 0.84375
                  name: "Spearman Cosine"
              - task:
                  type: information-retrieval
                  name: Information Retrieval
                dataset:
                  name: "nano_beir"
                  type: "nano_beir"
                metrics:
                - type: "cosine_ndcg@10"
                  value: 0.25
                  name: "Cosine Ndcg@10"
            ---

            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("- \"en\"")]
    [InlineData("# acme/parcels-small\n")]
    [InlineData("| Base model | [google/bert\\_uncased\\_L-4\\_H-256\\_A-4](https://huggingface.co/google/bert_uncased_L-4_H-256_A-4) |")]
    [InlineData("var model = SentenceTransformer.Load(\"acme/parcels-small\");")]
    [InlineData("model = SentenceTransformer(\"acme/parcels-small\")")]
    [InlineData("    \"A man plays a \\\"guitar\\\".\",\n    \"Somebody | makes *music*.\",\n    \"Nobody is there.\\u000A# no heading\",\n")]
    [InlineData("| Metric | before training | trained |\n| --- | ---: | ---: |\n")]
    [InlineData("| **sts-dev\\_spearman\\_cosine** | 0.6125 | 0.8438 |\n")]
    [InlineData("| sts-dev\\_pearson\\_cosine | 0.5000 | – |\n")]
    [InlineData("| nano\\_beir\\_cosine\\_ndcg@10 |  | 0.2500 |\n")]
    [InlineData("| Data set | Rows | Batch size | Sampler | Loss | Settings of the loss | Source |\n")]
    [InlineData("| sentence-transformers/all-nli | 557,850 | 64 | no-duplicates | MatryoshkaLoss(MultipleNegativesRankingLoss) | dimensions: 256, 64; loss: MultipleNegativesRankingLoss | SNLI and MultiNLI, CC BY-SA 4.0 |\n")]
    [InlineData("| our own pairs | 12,345 |  |  | CoSENTLoss |  |  |\n")]
    [InlineData("| Text 1 | Text 2 | Label |\n| --- | --- | --- |\n| a | b | 0.5 |\n| c | d | 1 |\n")]
    [InlineData("| A man plays a \"guitar\". | Somebody \\| makes \\*music\\*. | Nobody is there. # no heading |\n")]
    [InlineData("12,000 steps in 2 h 5 min on Some Processor(R) @ 2.0GHz, 8 threads, .NET 10.0.1.\n")]
    [InlineData("| \\<script\\> | a \\| b |\n")]
    [InlineData("@misc{kusupati2022matryoshka,")]
    [InlineData("@misc{henderson2017efficient,")]
    [InlineData("@misc{oord2018representation,")]
    [InlineData("@article{huang2024cosent,")]
    [InlineData("@inproceedings{reimers-2019-sentence-bert,")]
    public void It_says(string text) => Card.ShouldContain(text);

    [Fact]
    public void It_shows_the_architecture() => Card.ShouldContain($"```\n{RecordedModel.MeanNormalize.ToString().ReplaceLineEndings("\n")}\n```\n");

    [Fact]
    public void Little_said_is_a_short_card()
    {
        var card = ModelCard.Render(new TrainingSummary { Name = "m", Datasets = [], Steps = 0, Duration = TimeSpan.Zero }, RecordedModel.MeanNormalize);

        card.ShouldStartWith("---\nlibrary_name: sentence-transformers\n");
        card.ShouldContain("none: randomly initialized");
        card.ShouldContain("The parcel never came.");
        card.ShouldNotContain("model-index");
        card.ShouldNotContain("## Evaluation");
        card.ShouldNotContain("license");
    }

    [Fact]
    public void A_base_model_in_a_folder_is_no_id_of_the_Hub()
    {
        using var folder = new TemporaryFolder();

        ModelCard.Render(Summaries.Parcels with { BaseModel = folder.Path }, RecordedModel.MeanNormalize).ShouldNotContain("base_model");
    }

    [Fact]
    public void It_is_saved_in_the_models_folder()
    {
        using var folder = new TemporaryFolder();

        ModelCard.Save(folder.Path, Summaries.Parcels, RecordedModel.MeanNormalize);

        File.ReadAllText(folder.File("README.md")).ShouldBe(Card);
    }

    [Fact]
    public void A_wrapped_loss_is_named_and_cited_with_what_wraps_it()
    {
        var summary = Summaries.Parcels with { Datasets = [new("pairs", 10, new Matryoshka2dLoss(new CoSENTLoss(), new() { Dimensions = [8, 4] })), new("more pairs", 10, new CachedMultipleNegativesRankingLoss())] };
        var card = ModelCard.Render(summary, RecordedModel.MeanNormalize);
        card.ShouldContain("""
            - "loss:Matryoshka2dLoss"
            - "loss:MatryoshkaLoss"
            - "loss:CoSENTLoss"
            - "loss:CachedMultipleNegativesRankingLoss"

            """.ReplaceLineEndings("\n"));
        card.ShouldContain("| pairs | 10 |  |  | Matryoshka2dLoss(MatryoshkaLoss(CoSENTLoss)) |");
        var keys = card.Split('\n').Where(line => line.StartsWith('@')).Select(line => line[(line.IndexOf('{', StringComparison.Ordinal) + 1)..^1]);
        keys.ShouldBe(["reimers-2019-sentence-bert", "li20242d", "kusupati2022matryoshka", "huang2024cosent", "gao2021scaling", "henderson2017efficient", "oord2018representation"]);
        new GradientCache(new MatryoshkaLoss(new CoSENTLoss(), new() { Dimensions = [4] })).ToString().ShouldBe("GradientCache(MatryoshkaLoss(CoSENTLoss))");
    }

    [Theory]
    [InlineData("sts-dev_spearman_cosine", "sts-dev", "spearman_cosine", "semantic-similarity")]
    [InlineData("pearson_max", "", "pearson_max", "semantic-similarity")]
    [InlineData("my_cosine_data_cosine_accuracy", "my_cosine_data", "cosine_accuracy", "triplet")]
    [InlineData("quora_cosine_accuracy_threshold", "quora", "cosine_accuracy_threshold", "binary-classification")]
    [InlineData("cosine_ap", "", "cosine_ap", "binary-classification")]
    [InlineData("nq_dot_recall@100", "nq", "dot_recall@100", "information-retrieval")]
    [InlineData("ask_mrr@10", "ask", "mrr@10", "reranking")]
    [InlineData("ask_map", "ask", "map", "reranking")]
    [InlineData("en-de_src2trg_accuracy", "en-de", "src2trg_accuracy", "translation")]
    [InlineData("trg2src_accuracy", "", "trg2src_accuracy", "translation")]
    [InlineData("en-de_mean_accuracy", "en-de", "mean_accuracy", "translation")]
    [InlineData("mined_average_precision", "mined", "average_precision", "paraphrase-mining")]
    [InlineData("teacher_negative_mse", "teacher", "negative_mse", "knowledge-distillation")]
    [InlineData("topics_v_measure", "topics", "v_measure", "clustering")]
    [InlineData("intents_accuracy", "intents", "accuracy", "text-classification")]
    [InlineData("faq_maxsim_ndcg@10", "faq", "maxsim_ndcg@10", "information-retrieval")]
    [InlineData("something else", "", "something else", "sentence-similarity")]
    public void Names_of_metrics_are_taken_apart(string name, string evaluator, string metric, string task)
    {
        var parsed = MetricName.Parse(name);

        parsed.ShouldBe(new MetricName(evaluator, metric));
        parsed.Task.ShouldBe(task);
    }
}
