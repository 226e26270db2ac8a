using System.Text.Json;
using Semblance.Tensors;

namespace Semblance.Training.Tests;

public class LogisticRegressionTests
{
    private static readonly JsonElement Recorded = JsonDocument.Parse(File.ReadAllText(Fixtures.Own("evaluation/logistic-regression.json"))).RootElement;
    private static readonly Tensor Vectors = Matrix(Recorded.GetProperty("vectors"));
    private static readonly int[] Labels = [.. Recorded.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];

    [Theory]
    [InlineData("multinomial")]
    [InlineData("binary")]
    public void Weights_and_intercepts_are_scikit_learns(string kind)
    {
        // Recorded with LogisticRegression(C=c, tol=1e-12, solver="newton-cg").fit(vectors, labels) of scikit-learn 1.2.1.
        var isBinary = kind == "binary";
        int[] labels = isBinary ? Array.ConvertAll(Labels, label => label / 2) : Labels;
        var fits = Recorded.GetProperty("fits").EnumerateArray().Where(fit => fit.GetProperty("kind").GetString() == kind).ToArray();
        fits.Length.ShouldBe(3);
        foreach (var fit in fits)
        {
            var c = fit.GetProperty("c").GetDouble();
            var actual = LogisticRegression.Fit(Vectors, labels, isBinary ? 2 : 3, c);
            ShouldBeClose(actual.Weights.Values, Matrix(fit.GetProperty("weights")).Values, $"weights at C = {c}");
            ShouldBeClose([.. actual.Intercepts], Row(fit.GetProperty("intercepts")), $"intercepts at C = {c}");
            actual.Predict(Vectors).ShouldBe(fit.GetProperty("predictions").EnumerateArray().Select(label => label.GetInt32()));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Where_it_starts_does_not_matter(int classes)
    {
        int[] labels = Array.ConvertAll(Labels, label => Math.Min(label, classes - 1));
        var start = LogisticRegression.Fit(Vectors, labels, classes, 100);
        var there = LogisticRegression.Fit(Vectors, labels, classes, 0.25, start);
        ShouldBeClose(there.Weights.Values, LogisticRegression.Fit(Vectors, labels, classes, 0.25).Weights.Values, "weights");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void The_gradient_and_the_hessian_are_those_of_finite_differences(int classes)
    {
        int[] labels = Array.ConvertAll(Labels, label => Math.Min(label, classes - 1));
        var objective = new LogisticObjective(Vectors, labels, [.. Enumerable.Range(0, labels.Length)], classes, 2);
        double[] at = [.. Enumerable.Range(0, objective.Parameters).Select(i => Math.Sin(i + 1))];
        double[] direction = [.. Enumerable.Range(0, objective.Parameters).Select(i => Math.Cos((3 * i) + 1))];
        const double Step = 1e-2;
        double[] ahead = [.. at.Zip(direction, (x, d) => x + (Step * d))];
        double[] behind = [.. at.Zip(direction, (x, d) => x - (Step * d))];

        var slope = (objective.Value(objective.Logits(ahead), ahead) - objective.Value(objective.Logits(behind), behind)) / (2 * Step);
        var (front, back) = (objective.Gradient(objective.Logits(ahead), ahead), objective.Gradient(objective.Logits(behind), behind));
        var gradient = objective.Gradient(objective.Logits(at), at);
        gradient.Zip(direction, (g, d) => g * d).Sum().ShouldBe(slope, 1e-4 * Math.Abs(slope));
        foreach (var (curved, difference) in objective.HessianProduct(direction).Zip(front.Zip(back, (f, b) => (f - b) / (2 * Step))))
        {
            curved.ShouldBe(difference, 1e-3);
        }
    }

    [Fact]
    public void Vectors_that_a_plane_divides_are_told_apart()
    {
        var vectors = Tensor.From([1, 5, 2, 5, 8, 5, 9, 5], 4, 2);
        LogisticRegression.Fit(vectors, [0, 0, 1, 1], 2, 1e6).Predict(vectors).ShouldBe([0, 0, 1, 1]);
        LogisticRegression.Fit(vectors, [2, 2, 0, 0], 4, 1e6).Predict(vectors).ShouldBe([2, 2, 0, 0]); // classes 1 and 3 never come
    }

    [Fact]
    public void Input_that_makes_no_sense_is_named()
    {
        var vectors = Tensor.From([1, 2, 3, 4], 2, 2);
        Should.Throw<ArgumentException>(() => LogisticRegression.Fit(vectors, [0], 2)).Message.ShouldContain("1 labels");
        Should.Throw<ArgumentException>(() => LogisticRegression.Fit(vectors, [0, 2], 2)).Message.ShouldContain("label of row 1 is 2");
        Should.Throw<ArgumentException>(() => LogisticRegression.Fit(Tensor.From([1, float.NaN, 3, 4], 2, 2), [0, 1], 2)).Message.ShouldContain("finite");
        Should.Throw<ArgumentException>(() => LogisticRegression.Fit(vectors, [0, 1], 2, c: 0)).Message.ShouldContain("positive and finite");
    }

    private static void ShouldBeClose(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, string what)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            actual[i].ShouldBe(expected[i], 2e-4 * Math.Max(1, Math.Abs(expected[i])), $"{what}, element {i}");
        }
    }

    private static Tensor Matrix(JsonElement rows) =>
        Tensor.From([.. rows.EnumerateArray().SelectMany(Row)], rows.GetArrayLength(), rows[0].GetArrayLength());

    private static float[] Row(JsonElement row) => [.. row.EnumerateArray().Select(value => value.GetSingle())];
}
