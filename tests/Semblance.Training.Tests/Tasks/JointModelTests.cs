using Semblance.Modules;
using Semblance.Training.Recipes;

namespace Semblance.Training.Tests.Tasks;

/// <summary>Several heads on one body, trained together and saved as models of their own.</summary>
public sealed class JointModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public JointModelTests()
    {
        File.WriteAllText(_folder.File("pairs.tsv"), "first\tsecond\tscore\nA man eats.\tSomeone eats food.\t0.9\nA plane takes off.\tIt rains.\t0.1\nA dog sleeps.\tThe dog is asleep.\t1\n");
        File.WriteAllText(_folder.File("topics.tsv"), "text\ttopic\nA man eats.\tfood\nA plane takes off.\ttravel\nSomeone eats food.\tfood\nIt rains.\tweather\n");
        File.WriteAllText(_folder.File("tags.tsv"), "A\tO\nman\tB-PER\neats\tO\n\nThe\tO\ndog\tB-ANIMAL\nsleeps\tO\n");
    }

    private static string Folder => Fixtures.Own("st/mean-normalize");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_head_is_trained_and_evaluated_and_its_folder_is_a_model_with_the_same_body()
    {
        var result = await Parse("sentences: model, topics: text-classifier, tags: { token-classifier: { labels: [O, B-PER, B-ANIMAL] } }").RunAsync();
        var encoder = SentenceTransformer.Load(Path.Combine(result.Output, "sentences"));
        var classifier = TextClassifier.Load(Path.Combine(result.Output, "topics"));
        var tagger = TokenClassifier.Load(Path.Combine(result.Output, "tags"));
        classifier.Labels.ShouldBe(["food", "travel", "weather"]);
        tagger.Labels.ShouldBe(["O", "B-PER", "B-ANIMAL"]);
        var body = Words(encoder);
        Words(classifier).ShouldBe(body);
        Words(tagger).ShouldBe(body);
        body.ShouldNotBe(Words(SentenceTransformer.Load(Folder)));
        result.Evaluations[^1].Result.Metrics.Keys.ShouldBe(
            ["t_accuracy", "t_f1_macro", "t_f1_weighted", "t_loss", "s_pearson_cosine", "s_spearman_cosine", "e_precision", "e_recall", "e_f1", "e_f1_macro", "e_accuracy", "sequential_score"], ignoreOrder: true);
        result.Evaluations[^1].Result.PrimaryScore.ShouldBe(result.Evaluations[^1].Result.Metrics["t_accuracy"]);
        result.Evaluations[^1].Result.Metrics["t_accuracy"].ShouldBe(1);
        var card = File.ReadAllText(Path.Combine(result.Output, "README.md"));
        card.ShouldContain("trained together: sentences, topics, tags");
        card.ShouldContain("var tags = TokenClassifier.Load(\"out/tags\");");
    }

    [Fact]
    public async Task Every_head_moves_the_body_and_only_its_own_parameters()
    {
        var training = await Parse("sentences: model, topics: text-classifier, tags: token-classifier").PrepareAsync();
        var joint = (JointModel)training.Model;
        var names = joint.Parameters().Select(parameter => parameter.Name).ToArray();
        names.ShouldBeUnique();
        names.ShouldContain("topics.classifier.weight");
        names.ShouldContain("tags.classifier.weight");
        names.Count(name => name.EndsWith("word_embeddings.weight", StringComparison.Ordinal)).ShouldBe(1);
        foreach (var (i, head) in joint.Heads.Values.Index())
        {
            var batch = new TrainingBatch(head, [.. training.Datasets[i].Rows.Take(2)]);
            training.Losses[i].Backward(batch);
            foreach (var (name, parameter) in joint.Parameters())
            {
                var isBody = name.Contains("word_embeddings", StringComparison.Ordinal);
                var isOwn = name == $"{joint.Heads.Keys.ElementAt(i)}.classifier.weight";
                if (isBody || name.EndsWith(".classifier.weight", StringComparison.Ordinal))
                {
                    (parameter.Gradient is not null).ShouldBe(isBody || isOwn, $"{name} of head {i}");
                }

                parameter.ClearGradient();
            }
        }
    }

    [Theory]
    [InlineData("topics: text-classifier", "'head' is 'sentences'; it can be topics.")]
    [InlineData("sentences: cross-encoder, topics: text-classifier, tags: token-classifier", "there is no head 'cross-encoder'")]
    [InlineData("sentences: model, topics: { text-classifier: { pooling: mean } }, tags: token-classifier", "pooling")]
    [InlineData("sentences: model, topics: text-classifier, tags: token-classifier, other: question-answerer", "no data set trains the head 'other'")]
    public async Task Heads_that_do_not_fit_are_named(string heads, string message) =>
        (await Should.ThrowAsync<RecipeException>(() => Parse(heads).PrepareAsync())).Message.ShouldContain(message);

    [Fact]
    public void Models_that_share_nothing_and_data_without_a_head_are_named()
    {
        var (one, other) = (SentenceTransformer.LoadTrainable(Folder), SentenceTransformer.LoadTrainable(Folder));
        Should.Throw<ArgumentException>(() => new JointModel(new Dictionary<string, ITrainableModel> { ["a"] = one, ["b"] = other })).Message.ShouldContain("'b' shares no parameter");
        Should.Throw<ArgumentException>(() => new JointModel(new Dictionary<string, ITrainableModel> { ["a/b"] = one })).Message.ShouldContain("'a/b'");
        var copy = TextClassifier.Create((TransformerModule)one.Modules[0], ["x", "y"]);
        Should.Throw<ArgumentException>(() => new JointModel(new Dictionary<string, ITrainableModel> { ["a"] = one, ["b"] = copy }));
        var joint = new JointModel(new Dictionary<string, ITrainableModel> { ["a"] = one, ["b"] = TextClassifier.Create((TransformerModule)one.Modules[0], ["x", "y"], shared: true) });
        var data = new TrainingDataset("d", [new Example(["a"], Label: 0)], new TextClassificationLoss());
        foreach (var (model, dataset) in ((ITrainableModel, TrainingDataset)[])[(joint, data), (joint, data with { Head = "c" }), (one, data with { Head = "b" })])
        {
            Should.Throw<ArgumentException>(() => new Trainer(model, [dataset], new DefaultBatchSampler(1, 1, 1), parameters => new AdamW(ParameterGroups.From([.. parameters])), new TrainerOptions { Steps = 1, Schedule = new ConstantSchedule(1) }))
                .Message.ShouldContain("needs the name of one of its heads");
        }

        new HeadEvaluator("b", new TextClassificationEvaluator([new Example(["a"], Label: 0)])).Evaluate(joint).PrimaryMetric.ShouldBe("accuracy");
        Should.Throw<ArgumentException>(() => new HeadEvaluator("c", new TextClassificationEvaluator([new Example(["a"], Label: 0)])).Evaluate(joint)).Message.ShouldContain("no head 'c'");
    }

    private static float[] Words(ITrainableModel model) =>
        model.Parameters().First(parameter => parameter.Name.Contains("word_embeddings", StringComparison.Ordinal)).Value.Values.ToArray();

    private Recipe Parse(string heads) => Recipe.Parse(
        $$"""
        joint: { folder: {{Folder}}, max-length: 24, heads: { {{heads}} } }
        output: "F/out"
        datasets:
          - { name: pairs, head: sentences, files: F/pairs.tsv, texts: [first, second], score: score, loss: CosineSimilarityLoss, batch-size: 3, weight: 0.5 }
          - { name: topics, head: topics, files: F/topics.tsv, texts: [text], label: topic, loss: TextClassificationLoss, batch-size: 4 }
          - { name: tags, head: tags, files: F/tags.tsv, form: tagged-words, loss: TokenClassificationLoss, batch-size: 2 }
        mixing: round-robin
        steps: 60
        rate: 1e-3
        dropout: 0
        evaluate:
          on:
            - { task: labels, head: topics, name: t, file: F/topics.tsv, texts: [text], label: topic, metric: accuracy }
            - { task: sts, head: sentences, name: s, file: F/pairs.tsv, texts: [first, second], score: score }
            - { task: entities, head: tags, name: e, file: F/tags.tsv }
        """.Replace("F/", _folder.File("") + "/", StringComparison.Ordinal));
}
