using Semblance.Tensors.LinearAlgebra;

namespace Semblance.Tensors.Tests.LinearAlgebra;

public class SymmetricEigenTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(60)]
    public void A_matrix_times_an_eigenvector_is_the_vector_times_its_value(int n)
    {
        var random = new Random(n);
        var matrix = Enumerable.Range(0, n).Select(_ => Enumerable.Range(0, n).Select(_ => (random.NextDouble() * 2) - 1).ToArray()).ToArray();
        var eigen = SymmetricEigen.Of(matrix);
        eigen.Values.ShouldBe(eigen.Values.OrderDescending());
        for (var k = 0; k < n; k++)
        {
            for (var i = 0; i < n; i++)
            {
                var product = Enumerable.Range(0, n).Sum(j => matrix[Math.Min(i, j)][Math.Max(i, j)] * eigen.Vectors[k][j]);
                product.ShouldBe(eigen.Values[k] * eigen.Vectors[k][i], 1e-12 * n);
                eigen.Vectors[i].Zip(eigen.Vectors[k]).Sum(pair => pair.First * pair.Second).ShouldBe(i == k ? 1 : 0, 1e-12);
            }
        }
    }

    [Fact]
    public void Known_values_come_out()
    {
        // Eigenvalues of the second difference on n points: 2 − 2 cos(kπ / (n + 1)).
        const int N = 12;
        var matrix = Enumerable.Range(0, N).Select(i => Enumerable.Range(0, N).Select(j => i == j ? 2.0 : Math.Abs(i - j) == 1 ? -1 : 0).ToArray()).ToArray();
        var eigen = SymmetricEigen.Of(matrix);
        for (var k = 1; k <= N; k++)
        {
            eigen.Values[N - k].ShouldBe(2 - (2 * Math.Cos(k * Math.PI / (N + 1))), 1e-13);
        }
    }

    [Fact]
    public void Equal_and_zero_values_are_no_trouble()
    {
        var ones = Enumerable.Range(0, 5).Select(_ => Enumerable.Repeat(1.0, 5).ToArray()).ToArray();
        SymmetricEigen.Of(ones).Values[0].ShouldBe(5, 1e-14);
        SymmetricEigen.Of(ones).Values.Skip(1).ShouldAllBe(value => Math.Abs(value) < 1e-14);
        SymmetricEigen.Of([[0.0, 0], [0, 0]]).Values.ShouldBe([0, 0]);
    }

    [Fact]
    public void What_is_not_square_or_not_finite_is_refused()
    {
        Should.Throw<ArgumentException>(() => SymmetricEigen.Of([[1.0, 2]])).Message.ShouldContain("must have 1 columns, not 2");
        Should.Throw<ArgumentException>(() => SymmetricEigen.Of([[double.NaN]])).Message.ShouldContain("not finite");
    }
}
