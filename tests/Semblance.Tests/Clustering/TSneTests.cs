using Semblance.Tensors;

namespace Semblance.Tests;

public class TSneTests
{
    [Theory]
    [InlineData(0, 1e-12)]
    [InlineData(0.5, 0.05)]
    public void The_gradient_is_that_of_all_pairs(double theta, double tolerance)
    {
        var (vectors, _) = RecordedClusters.Groups(1, 300, 8, 6);
        var affinities = NeighborAffinities.Of(vectors, 20, 2, CancellationToken.None);
        double[] points = [.. Vectors.Random(2, 300, 2).Values.ToArray().Select(value => 20.0 * value)];
        (points[2], points[3]) = (points[0], points[1]); // two in one place
        var gradient = new double[600];
        new TSneForces(affinities, theta, 2, CancellationToken.None).Gradient(points, 1, gradient);
        var expected = ByAllPairs(affinities, points);
        var error = Math.Sqrt(gradient.Zip(expected, (a, b) => (a - b) * (a - b)).Sum() / expected.Sum(value => value * value));
        error.ShouldBeLessThan(tolerance);
    }

    [Fact]
    public void The_gradient_is_the_slope_of_the_divergence()
    {
        var vectors = Vectors.Random(3, 50, 4);
        var forces = new TSneForces(NeighborAffinities.Of(vectors, 10, 1, CancellationToken.None), 0, 1, CancellationToken.None);
        double[] points = [.. Vectors.Random(4, 50, 2).Values.ToArray().Select(value => (double)value)];
        var gradient = new double[100];
        forces.Gradient(points, 1, gradient);
        for (var i = 0; i < 100; i += 7)
        {
            var (place, step) = (points[i], 1e-5);
            points[i] = place + step;
            var above = forces.Divergence(points);
            points[i] = place - step;
            gradient[i].ShouldBe((above - forces.Divergence(points)) / (2 * step), 1e-7);
            points[i] = place;
        }
    }

    [Fact]
    public void Affinities_add_up_to_one_both_ways_and_have_the_perplexity()
    {
        var vectors = Vectors.Random(5, 200, 6);
        var affinities = NeighborAffinities.Of(vectors, 15, 2, CancellationToken.None);
        var all = Enumerable.Range(0, 200).SelectMany(row => affinities[row].Others.ToArray().Zip(affinities[row].Values.ToArray(), (other, value) => (row, other, value))).ToArray();
        all.Sum(pair => pair.value).ShouldBe(1, 1e-12);
        var table = all.ToDictionary(pair => (pair.row, pair.other), pair => pair.value);
        all.ShouldAllBe(pair => pair.row != pair.other);
        Array.TrueForAll(all, pair => table[(pair.other, pair.row)] == pair.value).ShouldBeTrue();
    }

    [Fact]
    public void Groups_stay_together_the_divergence_falls_and_seed_and_threads_give_the_same_bits()
    {
        var (vectors, groups) = RecordedClusters.Groups(6, 600, 10, 5);
        var options = new TSneOptions { Iterations = 200, Perplexity = 20 };
        var map = TSne.Fit(vectors, options);
        map.Points.Shape.ToArray().ShouldBe([600, 2]);
        map.Divergence.ShouldBeLessThan(TSne.Fit(vectors, options with { Iterations = 1 }).Divergence / 2);
        var nearest = SemanticSearch.Search(map.Points, map.Points, new SearchOptions { TopK = 2, Similarity = SimilarityFunction.Euclidean });
        nearest.Index().Count(hits => groups[hits.Item.First(hit => hit.Index != hits.Index).Index] == groups[hits.Index]).ShouldBe(600);
        var again = TSne.Fit(vectors, options with { MaxThreads = 1 });
        again.Points.Values.SequenceEqual(map.Points.Values).ShouldBeTrue();
        again.Divergence.ShouldBe(map.Divergence);
    }

    [Fact]
    public void Vectors_without_groups_spread_again_after_they_were_pulled_together()
    {
        var map = TSne.Fit(Vectors.Random(7, 300, 40), new TSneOptions { Iterations = 500 });
        map.Points.Values.ToArray().Max().ShouldBeGreaterThan(1);
        map.Divergence.ShouldBeLessThan(2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(50)]
    public void Few_vectors_and_equal_ones_have_a_map_of_numbers(int count)
    {
        foreach (var vectors in new[] { Tensor.Zeros(count, 3), Vectors.Random(1, count, 3), Vectors.Random(1, count, 1) })
        {
            var map = TSne.Fit(vectors, new TSneOptions { Iterations = 60 });
            map.Points.Rows.ShouldBe(count);
            map.Points.Values.ToArray().ShouldAllBe(value => float.IsFinite(value));
            double.IsFinite(map.Divergence).ShouldBeTrue();
        }
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var x = Vectors.Random(1, 5, 3);
        Should.Throw<ArgumentException>(() => TSne.Fit(x, new TSneOptions { Perplexity = double.NaN })).Message.ShouldContain("Perplexity");
        Should.Throw<ArgumentException>(() => TSne.Fit(x, new TSneOptions { Theta = -1 })).Message.ShouldContain("Theta");
        x.Writable[3] = float.NaN;
        Should.Throw<ArgumentException>(() => TSne.Fit(x)).Message.ShouldStartWith("Vector 1 ");
    }

    private static double[] ByAllPairs(NeighborAffinities affinities, double[] points)
    {
        var count = affinities.Count;
        var p = new double[count, count];
        for (var row = 0; row < count; row++)
        {
            foreach (var (other, value) in affinities[row].Others.ToArray().Zip(affinities[row].Values.ToArray()))
            {
                p[row, other] = value;
            }
        }

        double Q(int a, int b) => 1 / (1 + Math.Pow(points[2 * a] - points[2 * b], 2) + Math.Pow(points[(2 * a) + 1] - points[(2 * b) + 1], 2));
        var total = Enumerable.Range(0, count).Sum(a => Enumerable.Range(0, count).Where(b => b != a).Sum(b => Q(a, b)));
        var gradient = new double[2 * count];
        for (var a = 0; a < count; a++)
        {
            for (var b = 0; b < count; b++)
            {
                for (var axis = 0; a != b && axis < 2; axis++)
                {
                    gradient[(2 * a) + axis] += 4 * (p[a, b] - (Q(a, b) / total)) * Q(a, b) * (points[(2 * a) + axis] - points[(2 * b) + axis]);
                }
            }
        }

        return gradient;
    }
}
