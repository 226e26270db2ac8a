using System.Text.Json;
using Semblance.Tensors;

namespace Semblance.Training.Tests;

public sealed class EvaluatorTests : IDisposable
{
    private static readonly SimilarityFunction[] AllFunctions =
        [SimilarityFunction.Cosine, SimilarityFunction.Euclidean, SimilarityFunction.Manhattan, SimilarityFunction.DotProduct];

    private readonly JsonDocument _recorded = JsonDocument.Parse(File.ReadAllText(Fixtures.Own("util/evaluators.json")));

    private static SentenceTransformer Model => RecordedModel.MeanNormalize;

    private string[] First => Texts("sentences1");

    private string[] Second => Texts("sentences2");

    private bool[] Labels => [.. _recorded.RootElement.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32() == 1)];

    public void Dispose() => _recorded.Dispose();

    [Fact]
    public void Embedding_similarity_is_as_recorded()
    {
        double[] scores = [.. _recorded.RootElement.GetProperty("scores").EnumerateArray().Select(score => score.GetDouble())];
        ShouldMatch("EmbeddingSimilarityEvaluator", new EmbeddingSimilarityEvaluator(First, Second, scores, "t"), "t_spearman_cosine");
        ShouldMatch(
            "EmbeddingSimilarityEvaluator_all", new EmbeddingSimilarityEvaluator(First, Second, scores, "t") { Similarities = AllFunctions }, "t_spearman_max");
    }

    [Fact]
    public void Binary_classification_is_as_recorded() => ShouldMatch(
        "BinaryClassificationEvaluator",
        new BinaryClassificationEvaluator(First, Second, Labels, "t") { Similarities = AllFunctions },
        "t_max_ap",
        // The recorded version took negated distances for distances; so the metrics of distances, and the best of all, were of other pairs.
        metric => !metric.Contains("euclidean", StringComparison.Ordinal) && !metric.Contains("manhattan", StringComparison.Ordinal) && !metric.Contains("_max_", StringComparison.Ordinal));

    [Fact]
    public void Distances_of_vectors_of_length_one_classify_as_their_cosine_does()
    {
        var metrics = new BinaryClassificationEvaluator(First, Second, Labels) { Similarities = AllFunctions }.Evaluate(Model).Metrics;
        foreach (var metric in new[] { "accuracy", "f1", "precision", "recall", "ap", "mcc" })
        {
            metrics[$"euclidean_{metric}"].ShouldBe(metrics[$"cosine_{metric}"]);
        }

        metrics["euclidean_f1_threshold"].ShouldBe(Math.Sqrt(2 - (2 * metrics["cosine_f1_threshold"])), 0.02);
    }

    [Fact]
    public void Thresholds_of_distances_are_distances()
    {
        var metrics = new BinaryClassificationEvaluator(First, Second, Labels) { Similarities = AllFunctions }.Evaluate(Model).Metrics;
        foreach (var function in new[] { SimilarityFunction.Euclidean, SimilarityFunction.Manhattan })
        {
            // As many pairs are told right by "up to the threshold" as the accuracy says.
            var distances = Similarity.Pairwise(Model.Encode(First).Vectors, Model.Encode(Second).Vectors, function).Select(score => -score).ToArray();
            var threshold = metrics[$"{function.Name()}_accuracy_threshold"];
            threshold.ShouldBeGreaterThan(0);
            ((double)distances.Zip(Labels).Count(pair => pair.First <= threshold == pair.Second) / Labels.Length).ShouldBe(metrics[$"{function.Name()}_accuracy"], 1e-12);
        }
    }

    [Fact]
    public void Triplets_are_encoded_as_queries_and_documents()
    {
        // With the prompt of queries the anchor is the positive; without it, it would be the negative.
        var prompts = new Dictionary<string, string> { ["query"] = "Where is ", ["document"] = "" };
        var model = new SentenceTransformer(Model.Modules, Model.Config with { Prompts = prompts });
        new TripletEvaluator(["Berlin"], ["Where is Berlin"], ["Berlin"]).Evaluate(model).PrimaryScore.ShouldBe(1);
        new TripletEvaluator(["Berlin"], ["Where is Berlin"], ["Berlin"]).Evaluate(Model).PrimaryScore.ShouldBe(0);
        prompts["document"] = "Where is ";
        new TripletEvaluator(["Berlin"], ["Berlin"], ["Where is Berlin"]).Evaluate(new SentenceTransformer(Model.Modules, Model.Config with { Prompts = prompts })).PrimaryScore.ShouldBe(1);
    }

    [Fact]
    public void Of_documents_with_equal_scores_the_first_id_comes_first()
    {
        Dictionary<string, IReadOnlySet<string>> relevant = new() { ["q"] = new HashSet<string> { "a" } };
        var evaluator = new InformationRetrievalEvaluator(new Dictionary<string, string> { ["q"] = "Hi" }, new Dictionary<string, string> { ["b"] = "The same", ["c"] = "The same", ["a"] = "The same" }, relevant);
        evaluator.Evaluate(Model).Metrics["cosine_mrr@10"].ShouldBe(1);
        new InformationRetrievalEvaluator(new Dictionary<string, string> { ["q"] = "Hi" }, new Dictionary<string, string> { ["b"] = "The same", ["a"] = "The same", ["A"] = "The same" }, relevant)
            .Evaluate(Model).Metrics["cosine_mrr@10"].ShouldBe(0.5);
    }

    [Fact]
    public void Triplets_are_as_recorded() =>
        ShouldMatch("TripletEvaluator", new TripletEvaluator(First, Second, Texts("sentences3"), "t"), "t_cosine_accuracy");

    [Fact]
    public void Information_retrieval_is_as_recorded_whatever_the_chunks()
    {
        foreach (var chunk in new[] { 50_000, 4, 1 })
        {
            var evaluator = new InformationRetrievalEvaluator(ById("queries"), ById("corpus"), Relevant(), "t")
            {
                AccuracyAtK = [1, 3, 5],
                PrecisionRecallAtK = [1, 3, 5],
                NdcgAtK = [3, 10],
                CorpusChunkSize = chunk,
            };
            ShouldMatch("InformationRetrievalEvaluator", evaluator, "t_cosine_ndcg@10");
        }
    }

    [Fact]
    public void Reranking_is_as_recorded()
    {
        var samples = _recorded.RootElement.GetProperty("reranking_samples").EnumerateArray()
            .Select(sample => new RerankingSample(sample.GetProperty("query").GetString()!, Texts(sample, "positive"), Texts(sample, "negative")))
            .ToArray();
        ShouldMatch("RerankingEvaluator", new RerankingEvaluator(samples, "t") { AtK = 3 }, "t_ndcg@3");
    }

    [Fact]
    public void A_model_that_cannot_tell_gains_nothing_by_the_order_of_the_texts()
    {
        var sample = new RerankingSample("question", ["same"], ["same", "same"]);
        var metrics = new RerankingEvaluator([sample]).Evaluate(Model).Metrics;
        metrics["map"].ShouldBe(1 / 3.0, 1e-12);
        metrics["mrr@10"].ShouldBe(1 / 3.0, 1e-12);
    }

    [Fact]
    public void A_late_interaction_model_ranks_and_searches_by_its_scores()
    {
        var model = MultiVectorEncoder.Of(Model);
        string[] positive = [First[0], First[1]], negative = [Second[2], First[3]];
        var scores = model.Similarity(model.EncodeQuery([Second[0]]), model.EncodeDocument([.. positive, .. negative])).Values.ToArray();
        bool[] relevant = [true, true, false, false];
        var reranking = new RerankingEvaluator([new RerankingSample(Second[0], positive, negative)], "t").Evaluate((ITrainableModel)model);
        reranking.Metrics["t_map"].ShouldBe(BinaryClassification.AveragePrecision([.. scores.Select(score => (double)score)], relevant), 1e-12);
        reranking.PrimaryMetric.ShouldBe("t_ndcg@10");

        var triplets = new TripletEvaluator([Second[0]], [First[0]], [Second[2]], "three").Evaluate(model);
        triplets.Metrics["three_accuracy"].ShouldBe(scores[0] > scores[2] ? 1 : 0);

        var corpus = First.Concat(Second).Distinct().Index().ToDictionary(text => $"{text.Index:D3}", text => text.Item);
        var queries = new Dictionary<string, string> { ["q"] = Second[0], ["r"] = First[2] };
        var judged = queries.ToDictionary(query => query.Key, query => (IReadOnlySet<string>)new HashSet<string> { corpus.Single(text => text.Value == (query.Key == "q" ? First[0] : Second[2])).Key });
        var retrieval = new InformationRetrievalEvaluator(queries, corpus, judged, "ir");
        var whole = retrieval.Evaluate(model);
        whole.PrimaryMetric.ShouldBe("ir_maxsim_ndcg@10");
        var ranks = queries.Select(query => model.Rank(query.Value, [.. corpus.Values]).Index().First(document => corpus.Values.ElementAt(document.Item.Index) == (query.Key == "q" ? First[0] : Second[2])).Index + 1);
        whole.Metrics["ir_maxsim_mrr@10"].ShouldBe(ranks.Average(rank => rank <= 10 ? 1.0 / rank : 0), 1e-12);
        new InformationRetrievalEvaluator(queries, corpus, judged, "ir") { CorpusChunkSize = 3 }.Evaluate(model).Metrics.ShouldBe(whole.Metrics);

        new SequentialEvaluator([new TripletEvaluator([Second[0]], [First[0]], [Second[2]], "three"), retrieval]).Evaluate((ITrainableModel)model).PrimaryScore.ShouldBe(whole.PrimaryScore);
        Should.Throw<NotSupportedException>(() => new TranslationEvaluator(First, Second, "t").Evaluate((ITrainableModel)model)).Message.ShouldContain("which a multi-vector encoder does not produce");
    }

    [Fact]
    public void A_sparse_encoder_is_measured_by_its_scores_and_its_sparsity()
    {
        var model = SparseEncoder.Load(Fixtures.Own("st/splade"));
        double Score(string a, string b) => SparseSimilarity.Of(model.Encode(a), model.Encode(b));
        var active = First.Concat(Second).Average(text => (double)model.Encode(text).ActiveDimensions);
        var scores = new EmbeddingSimilarityEvaluator(First, Second, [.. Enumerable.Range(0, First.Length).Select(i => (double)i)], "t");
        var measured = scores.Evaluate((ITrainableModel)model);
        measured.PrimaryMetric.ShouldBe("t_spearman_dot");
        measured.PrimaryScore.ShouldBe(scores.Evaluate(Score, "dot").PrimaryScore, 1e-12);
        measured.Metrics["t_active_dims"].ShouldBe(active, 1e-9);
        measured.Metrics["t_sparsity_ratio"].ShouldBe(1 - (active / model.Dimension), 1e-9);

        var triplets = new TripletEvaluator([Second[0]], [First[0]], [Second[2]], "three").Evaluate(model);
        triplets.Metrics["three_dot_accuracy"].ShouldBe(Score(Second[0], First[0]) > Score(Second[0], Second[2]) ? 1 : 0);

        var corpus = First.Concat(Second).Distinct().Index().ToDictionary(text => $"{text.Index:D3}", text => text.Item);
        var relevant = corpus.First().Key;
        var retrieval = new InformationRetrievalEvaluator(
            new Dictionary<string, string> { ["q"] = Second[0] }, corpus, new Dictionary<string, IReadOnlySet<string>> { ["q"] = new HashSet<string> { relevant } }, "ir");
        var rank = 1 + corpus.Values.Count(text => Score(Second[0], text) > Score(Second[0], corpus[relevant]));
        var found = retrieval.Evaluate(model);
        found.Metrics["ir_dot_mrr@10"].ShouldBe(rank <= 10 ? 1.0 / rank : 0, 1e-12);
        found.Metrics["ir_query_active_dims"].ShouldBe(model.Encode(Second[0]).ActiveDimensions);
        new InformationRetrievalEvaluator(
            new Dictionary<string, string> { ["q"] = Second[0] }, corpus, new Dictionary<string, IReadOnlySet<string>> { ["q"] = new HashSet<string> { relevant } }, "ir")
        {
            CorpusChunkSize = 3,
        }.Evaluate(model).Metrics.ShouldBe(found.Metrics);

        string[] positive = [First[0], First[1]], negative = [Second[2], First[3]];
        var reranking = new RerankingEvaluator([new RerankingSample(Second[0], positive, negative)], "r").Evaluate(model);
        reranking.Metrics["r_map"].ShouldBe(
            BinaryClassification.AveragePrecision([.. positive.Concat(negative).Select(text => Score(Second[0], text))], [true, true, false, false]), 1e-12);
        new SequentialEvaluator([retrieval, scores]).Evaluate((ITrainableModel)model).PrimaryScore.ShouldBe(measured.PrimaryScore);
        Should.Throw<NotSupportedException>(() => new TranslationEvaluator(First, Second, "t").Evaluate((ITrainableModel)model)).Message.ShouldContain("which a sparse encoder does not produce");
    }

    [Fact]
    public void Translation_is_as_recorded() => ShouldMatch("TranslationEvaluator", new TranslationEvaluator(First, Second, "t"), "t_mean_accuracy");

    [Fact]
    public void The_squared_error_is_as_recorded() => ShouldMatch("MSEEvaluator", new MSEEvaluator(First, Second, Model, "t"), "t_negative_mse");

    [Fact]
    public void A_teacher_of_other_dimensions_is_refused()
    {
        var evaluator = new MSEEvaluator(First, Second, Model) { Encoding = new EncodeOptions { Dimensions = 3 } };
        Should.Throw<ArgumentException>(() => evaluator.Evaluate(Model)).Message.ShouldContain("dimension 3");
    }

    [Fact]
    public void Paraphrase_mining_is_as_recorded()
    {
        var duplicates = Enumerable.Range(0, First.Length).Select(i => (i, i + First.Length));
        ShouldMatch("ParaphraseMiningEvaluator", new ParaphraseMiningEvaluator([.. First, .. Second], duplicates, name: "t"), "t_average_precision");
    }

    [Fact]
    public void Paraphrases_of_a_paraphrase_are_paraphrases_if_asked_for()
    {
        string[] texts = ["a b", "a b", "a b", "c"];
        var given = new ParaphraseMiningEvaluator(texts, [(0, 1), (2, 1)]).Evaluate(Model).Metrics;
        given["recall"].ShouldBe(1);
        given["average_precision"].ShouldBe((1 + (2 / 3.0)) / 2, 1e-12);
        var closed = new ParaphraseMiningEvaluator(texts, [(0, 1), (2, 1)], transitive: true).Evaluate(Model).Metrics;
        closed["average_precision"].ShouldBe(1, 1e-12);
    }

    [Fact]
    public void A_classifier_on_the_vectors_is_measured()
    {
        // Answers 1 where the two texts have the same vector.
        static Tensor Classifier(IReadOnlyList<Tensor> columns) => Tensor.From(
            [.. Similarity.Pairwise(columns[0], columns[1]).SelectMany(score => new[] { 0.9999f, score })], columns[0].Rows, 2);
        var evaluator = new LabelAccuracyEvaluator([["Hi", "Hi", "Hi"], ["Hi", "The moon is large", "Hi"]], [1, 0, 0], Classifier, "t");
        evaluator.Evaluate(Model).Metrics.ShouldBe(new Dictionary<string, double> { ["t_accuracy"] = 2 / 3.0 });
    }

    [Fact]
    public void A_sequence_reports_all_and_is_compared_by_the_last()
    {
        Evaluator triplets = new TripletEvaluator(First, Second, Texts("sentences3"), "triplets");
        Evaluator translation = new TranslationEvaluator(First, Second, "translation");
        var result = new SequentialEvaluator([triplets, translation]).Evaluate(Model);
        result.PrimaryMetric.ShouldBe("sequential_score");
        result.PrimaryScore.ShouldBe(translation.Evaluate(Model).PrimaryScore);
        result.Metrics.Count.ShouldBe(5);
        new SequentialEvaluator([triplets, translation], scores => scores.Average()).Evaluate(Model).PrimaryScore.ShouldBe((6 / 9.0 + (2 / 9.0)) / 2, 1e-12);
        Should.Throw<InvalidOperationException>(() => new SequentialEvaluator([triplets, triplets]).Evaluate(Model)).Message.ShouldContain("triplets_cosine_accuracy");
    }

    [Fact]
    public void Fewer_dimensions_and_prompts_go_through_to_the_model()
    {
        var evaluator = new TranslationEvaluator(First, Second) { Encoding = new EncodeOptions { Dimensions = 1 } };
        evaluator.Evaluate(Model).PrimaryScore.ShouldNotBe(new TranslationEvaluator(First, Second).Evaluate(Model).PrimaryScore);
    }

    [Fact]
    public void Columns_that_do_not_fit_are_refused_at_once()
    {
        Should.Throw<ArgumentException>(() => new TripletEvaluator(["a"], ["b"], [])).ParamName.ShouldBe("negatives");
        Should.Throw<ArgumentException>(() => new EmbeddingSimilarityEvaluator(["a", "b"], ["b", "c"], [1])).ParamName.ShouldBe("scores");
        Should.Throw<ArgumentException>(() => new EmbeddingSimilarityEvaluator(["a", "b"], ["b", "c"], [1, 1])).Message.ShouldContain("all the same");
        Should.Throw<ArgumentException>(() => new TranslationEvaluator([], [])).ParamName.ShouldBe("source");
        Should.Throw<ArgumentException>(() => new ParaphraseMiningEvaluator(["a", "b"], [(0, 2)])).Message.ShouldContain("(0, 2)");
        Should.Throw<ArgumentException>(() => new InformationRetrievalEvaluator(
            new Dictionary<string, string> { ["q"] = "a" },
            new Dictionary<string, string> { ["1"] = "b" },
            new Dictionary<string, IReadOnlySet<string>> { ["q"] = new HashSet<string> { "d1" } })).Message.ShouldContain("ids match");
    }

    private void ShouldMatch(string recorded, Evaluator evaluator, string primary, Func<string, bool>? compared = null)
    {
        var result = evaluator.Evaluate(Model);
        var expected = _recorded.RootElement.GetProperty("expected").GetProperty(recorded).EnumerateObject().ToDictionary(metric => metric.Name, metric => metric.Value.GetDouble());
        foreach (var (metric, value) in expected.Where(metric => compared?.Invoke(metric.Key) ?? true))
        {
            var tolerance = metric.Contains("threshold", StringComparison.Ordinal) || metric.Contains("mse", StringComparison.Ordinal) ? 1e-4 : 1e-6;
            result.Metrics.Keys.ShouldContain(metric);
            result.Metrics[metric].ShouldBe(value, tolerance, metric);
        }

        result.PrimaryMetric.ShouldBe(primary);
    }

    private string[] Texts(string column) => Texts(_recorded.RootElement, column);

    private static string[] Texts(JsonElement parent, string column) => [.. parent.GetProperty(column).EnumerateArray().Select(text => text.GetString()!)];

    private Dictionary<string, string> ById(string column) =>
        _recorded.RootElement.GetProperty(column).EnumerateObject().ToDictionary(text => text.Name, text => text.Value.GetString()!);

    private Dictionary<string, IReadOnlySet<string>> Relevant() => _recorded.RootElement.GetProperty("relevant").EnumerateObject()
        .ToDictionary(query => query.Name, IReadOnlySet<string> (query) => Texts(_recorded.RootElement.GetProperty("relevant"), query.Name).ToHashSet());
}
