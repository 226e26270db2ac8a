namespace Semblance.Training.Recipes;

/// <summary>Creates the evaluator that selects the best model during training.</summary>
internal static class RecipeEvaluator
{
    // The names of the models in a recipe.
    private const string Encoder = "model", CrossEncoder = "cross-encoder", MultiVector = "multi-vector", Sparse = "sparse",
        TextClassifier = RecipeTaskModel.TextClassifierKey, TokenClassifier = RecipeTaskModel.TokenClassifierKey,
        QuestionAnswerer = RecipeTaskModel.QuestionAnswererKey, SequenceToSequence = RecipeTaskModel.SequenceToSequenceKey;

    private static readonly string[] PairMetrics = ["ap", "accuracy", "f1", "precision", "recall", "mcc"];
    private static readonly string[] RetrievalMetrics =
    [
        "ndcg@10", "mrr@10", "map@100",
        .. At("recall", 1, 3, 5, 10, 100), .. At("precision", 1, 3, 5, 10, 100), .. At("accuracy", 1, 3, 5, 10),
    ];

    // The evaluations: the models that can be evaluated, the metrics to compare them by, and the constructor.
    private static readonly (string Name, Task Value)[] Tasks =
    [
        ("sts", new([Encoder, CrossEncoder, Sparse], ["spearman", "pearson"], Sts)),
        ("pairs", new([Encoder, CrossEncoder], PairMetrics, Pairs)),
        ("triplets", new([Encoder, CrossEncoder, MultiVector, Sparse], ["accuracy"], Triplets)),
        ("reranking", new([Encoder, CrossEncoder, MultiVector, Sparse], ["ndcg@10", "mrr@10", "map"], Reranking)),
        ("classes", new([CrossEncoder], ["f1_macro", "f1_micro", "f1_weighted", "accuracy"], Classes)),
        ("retrieval", new([Encoder, CrossEncoder, MultiVector, Sparse], RetrievalMetrics, Retrieval)),
        ("classification", new([Encoder], ["accuracy"], Classification)),
        ("labels", new(
            [TextClassifier], ["accuracy", "f1_macro", "f1_micro", "f1_weighted", "pearson", "spearman"], RecipeTaskData.Labels)),
        ("entities", new([TokenClassifier], ["f1", "precision", "recall", "f1_macro", "accuracy"], RecipeTaskData.Entities)),
        ("answers", new([QuestionAnswerer], ["f1", "exact_match"], RecipeTaskData.Answers)),
        ("generation", new(
            [SequenceToSequence], ["chrf", "bleu", "rouge1", "rouge2", "rougeL", "rougeLsum", "negative_loss"],
            RecipeTaskData.Generation)),
        ("clustering", new([Encoder], ["v_measure", "homogeneity", "completeness", "nmi", "ari"], Clustering)),
    ];

    /// <summary>Creates the evaluators; the first of several selects the best model.</summary>
    /// <param name="node">The evaluations.</param>
    /// <param name="folder">The folder that paths of data are relative to.</param>
    /// <param name="key">The key of the model in the recipe, such as <c>cross-encoder</c>.</param>
    /// <param name="model">The model.</param>
    public static Evaluator Create(RecipeNode node, string folder, string key, ITrainableModel model)
    {
        Evaluator[] evaluators = [.. node.Items().Select(item => One(item, folder, key, model))];
        return evaluators.Length == 1 ? evaluators[0] : new SequentialEvaluator(evaluators, scores => scores[0]);
    }

    private static Evaluator One(RecipeNode node, string folder, string key, ITrainableModel model)
    {
        var head = RecipeJoint.HeadOf(model, node);
        key = model is JointModel ? RecipeJoint.KindOf(head) : key;
        var task = node.Get("task").OneOf(Tasks);
        if (!task.Models.Contains(key))
        {
            var others = Tasks.Where(other => other.Value.Models.Contains(key)).Select(other => other.Name);
            throw node.Get("task").Fault(
                $"a '{key}' cannot be evaluated by '{node.Get("task").Text()}'; it can be evaluated by {string.Join(", ", others)}.");
        }

        var metric = node.Find("metric")?.OneOf([.. task.Metrics.Select(name => (name, name))]);
        var section = new Section(node, folder, node.Get("name").Text(), metric, RecipeTaskModel.LabelsOf(head));
        try
        {
            var evaluator = task.Create(section);
            return model is JointModel ? new HeadEvaluator(RecipeJoint.NameOf(node)!, evaluator) : evaluator;
        }
        catch (EvaluationDataException e)
        {
            throw node.Fault($"{string.Join(", ", section.Files)}: {e.Problem}");
        }
    }

    private static EmbeddingSimilarityEvaluator Sts(Section section)
    {
        section.Node.Only("task", "head", "name", "metric", "file", "texts", "score");
        var rows = section.Rows(2, new([]) { Score = section.Node.Get("score").Text() });
        return new(Column(rows, 0), Column(rows, 1), Array.ConvertAll(rows, row => (double)row.Score!), section.Name)
        {
            PrimaryMetric = section.Metric,
        };
    }

    private static BinaryClassificationEvaluator Pairs(Section section)
    {
        var rows = section.LabeledPairs();
        return new(Column(rows, 0), Column(rows, 1), Array.ConvertAll(rows, row => row.Label > 0), section.Name)
        {
            PrimaryMetric = section.Metric,
        };
    }

    private static LabelAccuracyEvaluator Classes(Section section)
    {
        var rows = section.LabeledPairs();
        return new(Column(rows, 0), Column(rows, 1), Array.ConvertAll(rows, row => row.Label!.Value), section.Name)
        {
            PrimaryMetric = section.Metric,
        };
    }

    private static TripletEvaluator Triplets(Section section)
    {
        section.Node.Only("task", "head", "name", "metric", "file", "texts");
        var rows = section.Rows(3, new([]));
        return new(Column(rows, 0), Column(rows, 1), Column(rows, 2), section.Name) { PrimaryMetric = section.Metric };
    }

    private static RerankingEvaluator Reranking(Section section)
    {
        section.Node.Only("task", "head", "name", "metric", "file", "texts", "score", "label");
        var score = section.Node.Find("score")?.Text();
        var rows = section.Rows(2, new([]) { Score = score, Label = score is null ? section.Node.Get("label").Text() : null });
        return new(
            [
                .. QueryLists.From(rows).Select(list =>
                    new RerankingSample(list.Texts[0], Of(list, relevance => relevance > 0), Of(list, relevance => relevance <= 0))),
            ],
            section.Name)
        {
            PrimaryMetric = section.Metric,
        };

        static string[] Of(Example list, Func<float, bool> relevance) =>
            [.. list.Texts.Skip(1).Zip(list.Targets!).Where(candidate => relevance(candidate.Second)).Select(candidate => candidate.First)];
    }

    private static InformationRetrievalEvaluator Retrieval(Section section)
    {
        section.Node.Only("task", "head", "name", "metric", "corpus", "queries", "qrels");
        return RetrievalFiles.Read(
            section.File("corpus"), section.File("queries"), section.FindFile("qrels"), EncodeOptions.Default,
            section.Name, section.Metric);
    }

    private static Evaluator Classification(Section section)
    {
        section.Node.Only("task", "head", "name", "metric", "train", "test", "dev", "texts", "label", "classifier");
        var (test, dev) = (section.FindFile("test"), section.FindFile("dev"));
        var isCentroid = section.Node.Find("classifier")?.OneOf(("logistic-regression", false), ("nearest-centroid", true)) ?? false;
        if (isCentroid && test is null)
        {
            throw section.Node.Fault("'nearest-centroid' needs a 'test' file; only 'logistic-regression' can be cross-validated.");
        }

        if (dev is not null && (isCentroid || test is null))
        {
            throw section.Node.Get("dev").Fault("a 'dev' file is for 'logistic-regression' with a 'test' file.");
        }

        var (train, others) = EvaluationFile.ReadClasses(section.File("train"), [test, dev], section.Columns, 1);
        return isCentroid
            ? new NearestCentroidEvaluator(train, others[0]!, section.Name) { PrimaryMetric = section.Metric }
            : new TransferEvaluator(train, others[0], others[1], section.Name) { PrimaryMetric = section.Metric };
    }

    private static ClusteringEvaluator Clustering(Section section)
    {
        section.Node.Only("task", "head", "name", "metric", "file", "texts", "label");
        return new(EvaluationFile.ReadLabeled(section.File("file"), section.Columns, 1, new LabelNames()), section.Name)
        {
            PrimaryMetric = section.Metric,
        };
    }

    private static string[] Column(Example[] rows, int column) => Array.ConvertAll(rows, row => row.Texts[column]);

    private static IEnumerable<string> At(string metric, params int[] counts) => counts.Select(count => $"{metric}@{count}");

    private sealed record Task(string[] Models, string[] Metrics, Func<Section, Evaluator> Create);

    // One evaluation of the recipe, and the files that were read for it.
    internal sealed record Section(RecipeNode Node, string Folder, string Name, string? Metric, LabelNames? Labels)
    {
        public List<string> Files { get; } = [];

        // The columns are found by their usual names if the recipe names none.
        public EvaluationColumns Columns => new()
        {
            Texts = Node.Find("texts") is null ? null : Texts(1),
            Label = Node.Find("label")?.Text(),
        };

        public string File(string key) => FindFile(key) ?? Node.Get(key).Text();

        public string? FindFile(string key)
        {
            if (Node.Find(key) is not { } file)
            {
                return null;
            }

            Files.Add(Path.Combine(Folder, file.Text()));
            return Files[^1];
        }

        public Example[] LabeledPairs()
        {
            Node.Only("task", "head", "name", "metric", "file", "texts", "label", "labels");
            var names = Node.Find("labels") is { } labels ? new LabelNames(labels.Items().Select(label => label.Text())) : null;
            return Rows(2, new([]) { Label = Node.Get("label").Text(), LabelNames = names });
        }

        public Example[] Rows(int count, ColumnMapping columns)
        {
            var texts = Texts(count);
            return [.. new DatasetReader(File("file"), columns with { Texts = texts })];
        }

        private string[] Texts(int count)
        {
            var node = Node.Get("texts");
            string[] texts = [.. node.Items().Select(column => column.Text())];
            return texts.Length == count
                ? texts
                : throw node.Fault($"expected {count} {(count == 1 ? "column" : "columns")} of texts, found {texts.Length}.");
        }
    }
}
