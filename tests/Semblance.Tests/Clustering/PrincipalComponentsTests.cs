using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Tests;

public class PrincipalComponentsTests
{
    [Fact]
    public void Components_and_variances_are_those_of_scikit_learn()
    {
        var recorded = RecordedClusters.Get("pca");
        var found = PrincipalComponents.Fit(RecordedClusters.Points, 3);
        var components = recorded.GetProperty("components").Matrix();
        var transformed = found.Transform(RecordedClusters.Points);
        var expected = recorded.GetProperty("transformed").Matrix();
        for (var c = 0; c < 3; c++)
        {
            found.ExplainedVariance[c].ShouldBe(recorded.GetProperty("variance").Numbers()[c], 1e-4);
            found.ExplainedVarianceRatio[c].ShouldBe(recorded.GetProperty("ratio").Numbers()[c], 1e-6);
            var sign = Math.Sign(Similarity.Of(found.Components.Row(c), components.Row(c)));
            found.Components.Row(c).ToArray().ShouldBe(components.Row(c).ToArray().Select(value => sign * value), 1e-4f);
            for (var row = 0; row < expected.Rows; row++)
            {
                transformed.Row(row)[c].ShouldBe(sign * expected.Row(row)[c], 1e-4f);
            }
        }
    }

    [Fact]
    public void Coordinates_are_those_of_Model2Vec()
    {
        var recorded = SafetensorsFile.Open(Fixtures.Own("modules/components/expected.safetensors"));
        var (vectors, expected) = (recorded.Read("x"), recorded.Read("y"));
        PrincipalComponents.Fit(vectors, expected.Columns).Transform(vectors).Values.ShouldBeNear(expected.Values, 1e-4); // values up to 20
    }

    [Theory]
    [InlineData(200, 9)]
    [InlineData(9, 200)]
    public void All_components_give_the_vectors_back_and_stand_at_right_angles(int rows, int columns)
    {
        var points = Vectors.Random(1, rows, columns);
        var found = PrincipalComponents.Fit(points, 9);
        var products = Similarity.Matrix(found.Components, found.Components, SimilarityFunction.DotProduct);
        for (var i = 0; i < products.Length; i++)
        {
            products.Values[i].ShouldBe(i % 10 == 0 ? 1 : 0, 1e-5f);
        }

        found.InverseTransform(found.Transform(points)).Values.ShouldBeNear(points.Values, 1e-5);
        found.ExplainedVarianceRatio.Sum().ShouldBe(1, 1e-6);
        found.Components.Rows.ShouldBe(9);
        for (var c = 0; c < 9; c++)
        {
            found.Components.Row(c).ToArray().MaxBy(Math.Abs).ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void Vectors_that_do_not_vary_have_components_too()
    {
        foreach (var points in new[] { Tensor.Zeros(30, 4), Tensor.Zeros(4, 30) })
        {
            points.Writable.Fill(3);
            var found = PrincipalComponents.Fit(points, 4);
            found.ExplainedVariance.ShouldAllBe(variance => variance == 0);
            found.ExplainedVarianceRatio.ShouldAllBe(ratio => ratio == 0);
            found.Transform(points).Values.ToArray().ShouldAllBe(value => value == 0);
        }
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var x = Vectors.Random(1, 5, 3);
        Should.Throw<ArgumentException>(() => PrincipalComponents.Fit(x, 4)).Message.ShouldStartWith("5 vectors of 3 dimensions have at most 3 components");
        Should.Throw<ArgumentException>(() => PrincipalComponents.Fit(Tensor.Zeros(0, 3), 1)).Message.ShouldContain("at most 0");
        Should.Throw<ArgumentException>(() => PrincipalComponents.Fit(x, 2).Transform(Tensor.Zeros(1, 4)));
        Should.Throw<ArgumentException>(() => PrincipalComponents.Fit(x, 2).InverseTransform(Tensor.Zeros(1, 3)));
        x.Writable[3] = float.NaN;
        Should.Throw<ArgumentException>(() => PrincipalComponents.Fit(x, 2)).Message.ShouldStartWith("Vector 1 ");
    }
}
