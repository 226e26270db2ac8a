using System.Text.Json;
using Semblance.Tensors;

namespace Semblance.Training.Tests;

public class ClusterAgreementTests
{
    private static readonly JsonElement Recorded = JsonDocument.Parse(File.ReadAllText(Fixtures.Own("clustering/expected.json"))).RootElement;

    private static readonly int[] Truth = Integers("truth");

    private static readonly int[] Guess = Integers("guess");

    private static Tensor Points
    {
        get
        {
            var values = Recorded.GetProperty("points").EnumerateArray().SelectMany(row => row.EnumerateArray().Select(value => value.GetSingle())).ToArray();
            return Tensor.From(values, Truth.Length, values.Length / Truth.Length);
        }
    }

    [Fact]
    public void Measures_are_those_of_scikit_learn()
    {
        ClusterAgreement.AdjustedRand(Truth, Guess).ShouldBe(Metric("ari"), 1e-12);
        ClusterAgreement.NormalizedMutualInformation(Truth, Guess).ShouldBe(Metric("nmi"), 1e-12);
        ClusterAgreement.Homogeneity(Truth, Guess).ShouldBe(Metric("homogeneity"), 1e-12);
        ClusterAgreement.Completeness(Truth, Guess).ShouldBe(Metric("completeness"), 1e-12);
        ClusterAgreement.VMeasure(Truth, Guess).ShouldBe(Metric("v_measure"), 1e-12);
        Silhouette.Of(Points, Truth).ShouldBe(Metric("silhouette_euclidean"), 1e-6);
        Silhouette.Of(Points, Truth, SimilarityFunction.Cosine).ShouldBe(Metric("silhouette_cosine"), 1e-6);
        Silhouette.Of(Points, Guess).ShouldBe(Metric("silhouette_guess"), 1e-6);
    }

    [Theory]
    [InlineData(new[] { 0, 0, 1, 1 }, new[] { 5, 5, -3, -3 }, 1, 1, 1)] // names do not matter
    [InlineData(new[] { 0, 0, 1, 1 }, new[] { 0, 0, 0, 0 }, 0, 0, 0)]
    [InlineData(new[] { 0, 0, 1, 1 }, new[] { 0, 1, 0, 1 }, -0.5, 0, 0)]
    [InlineData(new[] { 0, 0, 0 }, new[] { 0, 0, 0 }, 1, 1, 1)]
    [InlineData(new[] { 0, 0, 1, 1 }, new[] { 0, 1, 2, 3 }, 0, 2 / 3.0, 2 / 3.0)]
    [InlineData(new int[0], new int[0], 1, 1, 1)]
    public void Special_cases_are_those_of_scikit_learn(int[] classes, int[] clusters, double rand, double information, double measure)
    {
        ClusterAgreement.AdjustedRand(classes, clusters).ShouldBe(rand, 1e-12);
        ClusterAgreement.NormalizedMutualInformation(classes, clusters).ShouldBe(information, 1e-12);
        ClusterAgreement.VMeasure(classes, clusters).ShouldBe(measure, 1e-12);
        ClusterAgreement.VMeasure(clusters, classes).ShouldBe(measure, 1e-12);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        Should.Throw<ArgumentException>(() => ClusterAgreement.VMeasure([1], [1, 2])).Message.ShouldContain("1 classes, but 2 clusters");
        Should.Throw<ArgumentException>(() => Silhouette.Of(Points, new int[40])).Message.ShouldStartWith("The 40 vectors are in 1 clusters");
        Should.Throw<ArgumentException>(() => Silhouette.Of(Points, [.. Enumerable.Range(0, 40)]));
        Should.Throw<ArgumentException>(() => Silhouette.Of(Points, [1]));
        Should.Throw<ArgumentException>(() => Silhouette.Of(Points, Truth, SimilarityFunction.DotProduct)).Message.ShouldContain("not a distance");
        var broken = Points;
        broken.Writable[0] = float.NaN;
        Should.Throw<ArgumentException>(() => Silhouette.Of(broken, Truth)).Message.ShouldContain("not finite");
    }

    [Fact]
    public void Texts_of_two_kinds_are_found_again()
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? "a cat" : "the moon is far far away")];
        int[] classes = [.. Enumerable.Range(0, 40).Select(i => i % 2)];
        var result = new ClusteringEvaluator(new LabeledTexts(texts, classes), "t") { BatchSize = 10 }.Evaluate(RecordedModel.MeanNormalize);
        result.PrimaryMetric.ShouldBe("t_v_measure");
        result.Metrics.Keys.ShouldBe(["t_v_measure", "t_homogeneity", "t_completeness", "t_nmi", "t_ari"]);
        result.Metrics.Values.ShouldAllBe(value => Math.Abs(value - 1) < 1e-12);
        Should.Throw<ArgumentException>(() => new ClusteringEvaluator(new LabeledTexts(texts, new int[40]))).Message.ShouldStartWith("All rows have the same label");
        Should.Throw<ArgumentException>(() => new ClusteringEvaluator(new LabeledTexts(texts, texts, classes))).Message.ShouldStartWith("The rows are pairs");
    }

    private static int[] Integers(string name) => [.. Recorded.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];

    private static double Metric(string name) => Recorded.GetProperty("metrics").GetProperty(name).GetDouble();
}
