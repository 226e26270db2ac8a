namespace Semblance.Training.Tests;

public class TransferEvaluatorTests
{
    private static readonly string[] Fruits = ["apple", "pear", "plum", "cherry", "grape", "melon"];
    private static readonly string[] Ends = ["today", "now", "again", "here", "there", "at home", "in the city", "for two"];

    private static SentenceTransformer Model => RecordedModel.MeanNormalize;

    // Sentences whose first word says the class, and whose end says nothing.
    private static LabeledTexts Rows(int classes, int first, int count)
    {
        var rows = Enumerable.Range(first, count).Select(i => (Text: $"{Fruits[i % classes]} {Ends[i / classes % Ends.Length]} {i}", Label: i % classes)).ToArray();
        return new LabeledTexts(Array.ConvertAll(rows, row => row.Text), Array.ConvertAll(rows, row => row.Label));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Classes_that_the_vectors_tell_are_learned(int classes)
    {
        var crossValidated = new TransferEvaluator(Rows(classes, 0, 120), name: "t").Evaluate(Model);
        crossValidated.PrimaryMetric.ShouldBe("t_accuracy");
        crossValidated.PrimaryScore.ShouldBeGreaterThan(0.9);
        crossValidated.Metrics["t_dev_accuracy"].ShouldBeGreaterThan(0.9);
        new TransferEvaluator(Rows(classes, 0, 120), Rows(classes, 120, 60)).Evaluate(Model).PrimaryScore.ShouldBeGreaterThan(0.8); // its numbers are other ones
        new TransferEvaluator(Rows(classes, 0, 120), Rows(classes, 120, 60), Rows(classes, 180, 30)).Evaluate(Model).PrimaryScore.ShouldBeGreaterThan(0.8); // its numbers are other ones
    }

    [Fact]
    public void Labels_by_chance_are_not_learned()
    {
        var rows = Rows(2, 0, 120);
        var random = new Random(1);
        var labels = rows.Labels.Select(_ => random.Next(2)).ToArray();
        new TransferEvaluator(new LabeledTexts(rows.Columns[0], labels)).Evaluate(Model).PrimaryScore.ShouldBeLessThan(0.7);
    }

    [Fact]
    public void The_accuracy_is_that_of_the_classifier_with_the_only_strength()
    {
        var (train, test) = (Rows(3, 0, 60), Rows(3, 60, 40));
        var noise = test.Labels.Select((label, i) => i % 7 == 0 ? (label + 1) % 3 : label).ToArray();
        var evaluator = new TransferEvaluator(train, new LabeledTexts(test.Columns[0], noise)) { Strengths = [0.5] };
        var classifier = LogisticRegression.Fit(Model.Encode(train.Columns[0]).Vectors, [.. train.Labels], 3, 0.5);
        var right = classifier.Predict(Model.Encode(test.Columns[0]).Vectors).Zip(noise).Count(pair => pair.First == pair.Second);
        evaluator.Evaluate(Model).PrimaryScore.ShouldBe(right / 40.0);
    }

    [Fact]
    public void The_result_does_not_depend_on_threads()
    {
        var rows = Rows(3, 0, 60);
        var one = new TransferEvaluator(rows) { Encoding = new EncodeOptions { MaxThreads = 1 } }.Evaluate(Model);
        new TransferEvaluator(rows).Evaluate(Model).Metrics.ShouldBe(one.Metrics);
    }

    [Fact]
    public void Of_pairs_the_classifier_sees_whether_they_are_alike()
    {
        string[] first = [.. Enumerable.Range(0, 120).Select(i => $"{Fruits[i % 6]} {Ends[i % 8]}")];
        string[] second = [.. first.Select((text, i) => i % 2 == 0 ? text : $"{Fruits[(i + 3) % 6]} {Ends[(i + 5) % 8]}")];
        var rows = new LabeledTexts(first, second, [.. Enumerable.Range(0, 120).Select(i => i % 2)]);
        new TransferEvaluator(rows).Evaluate(Model).PrimaryScore.ShouldBe(1);
    }

    [Fact]
    public void Every_class_is_as_frequent_in_each_fold()
    {
        int[] labels = [.. Enumerable.Repeat(0, 53), .. Enumerable.Repeat(1, 27), 2, 2];
        var folds = StratifiedFolds.Of(labels, 10, 7);
        foreach (var label in new[] { 0, 1, 2 })
        {
            var counts = Enumerable.Range(0, 10).Select(fold => labels.Zip(folds).Count(row => row == (label, fold))).ToArray();
            (counts.Max() - counts.Min()).ShouldBeLessThanOrEqualTo(1);
        }

        StratifiedFolds.Of(labels, 10, 8).ShouldNotBe(folds);
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused()
    {
        var rows = Rows(2, 0, 20);
        Should.Throw<ArgumentException>(() => new TransferEvaluator(rows, dev: rows)).Message.ShouldContain("requires a test set");
        Should.Throw<ArgumentException>(() => new TransferEvaluator(rows, Rows(3, 0, 20))).Message.ShouldContain("label 2");
        Should.Throw<ArgumentException>(() => new TransferEvaluator(new LabeledTexts(["a", "b"], [0, 0]))).Message.ShouldContain("same label");
        Should.Throw<ArgumentException>(() => new TransferEvaluator(rows, new LabeledTexts(["a"], ["b"], [0]))).Message.ShouldContain("pairs");
        Should.Throw<ArgumentException>(() => new LabeledTexts(["a"], [-1])).Message.ShouldContain("-1");
        Should.Throw<ArgumentException>(() => new LabeledTexts(["a"], [0, 1])).Message.ShouldContain("1 texts, but 2 labels");
    }

    [Fact]
    public void The_nearest_centroid_is_that_of_comparing_with_all()
    {
        var (train, test) = (Rows(4, 0, 40), Rows(4, 40, 30));
        var labels = test.Labels.Select((label, i) => i % 5 == 0 ? (label + 1) % 4 : label).ToArray();
        var evaluator = new NearestCentroidEvaluator(train, new LabeledTexts(test.Columns[0], labels), "t") { Similarities = [SimilarityFunction.Cosine, SimilarityFunction.Euclidean] };
        var result = evaluator.Evaluate(Model);
        result.PrimaryMetric.ShouldBe("t_max_accuracy");
        var vectors = Model.Encode(train.Columns[0]).Vectors;
        var centroids = Enumerable.Range(0, 4).Select(label => Mean(Enumerable.Range(0, 40).Where(row => train.Labels[row] == label).Select(row => vectors.Row(row).ToArray()))).ToArray();
        var queries = Model.Encode(test.Columns[0]).Vectors;
        foreach (var (name, function) in new[] { ("cosine", SimilarityFunction.Cosine), ("euclidean", SimilarityFunction.Euclidean) })
        {
            var right = labels.Where((label, row) =>
            {
                var query = queries.Row(row).ToArray();
                return label == Enumerable.Range(0, 4).MaxBy(centroid => Semblance.Similarity.Of(query, centroids[centroid], function));
            }).Count();
            result.Metrics[$"t_{name}_accuracy"].ShouldBe(right / 30.0);
        }
    }

    [Fact]
    public void A_class_without_a_centroid_is_refused()
    {
        Should.Throw<ArgumentException>(() => new NearestCentroidEvaluator(Rows(2, 0, 10), Rows(3, 0, 10))).Message.ShouldContain("label 2");
        Should.Throw<ArgumentException>(() => new NearestCentroidEvaluator(new LabeledTexts(["a"], ["b"], [0]), Rows(2, 0, 10))).Message.ShouldContain("pairs");
    }

    private static float[] Mean(IEnumerable<float[]> vectors)
    {
        var all = vectors.ToArray();
        return [.. Enumerable.Range(0, all[0].Length).Select(i => all.Average(vector => vector[i]))];
    }
}
