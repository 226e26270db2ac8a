using Semblance.Tensors;

namespace Semblance.Tests;

public class BoundedDistancesTests
{
    [Theory]
    [InlineData(500, 7, 1, 0)]
    [InlineData(500, 40, 1, 1000)] // far from the origin
    [InlineData(300, 384, 1e-21, 0)] // squares vanish
    [InlineData(300, 384, 1e13, 1e15)]
    [InlineData(20, 1, 1, 3)]
    public void The_nearest_are_those_of_measuring_all(int rows, int columns, double width, double place)
    {
        var vectors = Tensor.From([.. Vectors.Random(1, rows, columns).Values.ToArray().Select(value => (float)((value * width) + place))], rows, columns);
        vectors.Row(3).CopyTo(vectors.Writable[(17 * columns)..]);
        ShouldFindAll(vectors, 5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Of_equally_near_ones_the_lower_rows_count(int others) => ShouldFindAll(Vectors.Coarse(2, 900, 4), others);

    [Fact]
    public void Outliers_take_nothing_from_the_bounds_of_others()
    {
        var vectors = Vectors.Random(3, 600, 24);
        vectors.Writable[0] = 1e15f;
        vectors.Writable[24] = -1e15f;
        ShouldFindAll(vectors, 3);
    }

    private static void ShouldFindAll(Tensor vectors, int others)
    {
        var distances = new BoundedDistances(vectors, 2, CancellationToken.None);
        var nearest = distances.Nearest(others);
        for (var row = 0; row < vectors.Rows; row++)
        {
            var all = Enumerable.Range(0, vectors.Rows).Where(other => other != row).Select(other => new SearchHit(other, -(float)Math.Sqrt(PairSums.SquaredDifference(vectors.Row(row), vectors.Row(other)))));
            nearest[row].ToArray().ShouldBe(all.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Index).Take(others));
        }
    }
}
