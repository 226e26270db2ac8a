using Semblance.Tensors;

namespace Semblance.Tests;

public class KMeansTests
{
    [Fact]
    public void From_the_same_centers_it_ends_where_that_of_scikit_learn_does()
    {
        var recorded = RecordedClusters.Get("kmeans");
        var initial = RecordedClusters.Points.Rows(recorded.GetProperty("initial").Integers());
        var found = KMeans.Fit(RecordedClusters.Points, new KMeansOptions { Clusters = 4, Initial = initial, Tolerance = 0 });
        found.Labels.ShouldBe(recorded.GetProperty("labels").Integers());
        found.Inertia.ShouldBe(recorded.GetProperty("inertia").GetDouble(), 1e-4);
        found.Centers.Values.ShouldBeNear(recorded.GetProperty("centers").Matrix().Values, 1e-5);
        found.Predict(RecordedClusters.Points).ShouldBe(found.Labels);
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, 100)]
    [InlineData(true, 100)]
    public void Groups_that_lie_apart_are_found_and_seed_and_threads_decide_nothing_else(bool spherical, int? batchSize)
    {
        var (points, groups) = RecordedClusters.Groups(3, 1200, 20, 12);
        var options = new KMeansOptions { Clusters = 12, Spherical = spherical, BatchSize = batchSize, Runs = 3 };
        var found = KMeans.Fit(points, options);
        RecordedClusters.Renumbered(found.Labels).ShouldBe(groups);
        var again = KMeans.Fit(points, options with { MaxThreads = 1 });
        again.Labels.ShouldBe(found.Labels);
        again.Inertia.ShouldBe(found.Inertia);
        again.Centers.Values.SequenceEqual(found.Centers.Values).ShouldBeTrue();
    }

    [Fact]
    public void Every_vector_is_in_the_cluster_of_the_nearest_center_even_far_from_the_origin()
    {
        var (points, _) = RecordedClusters.Groups(5, 600, 7, 9, 0.8f);
        foreach (ref var value in points.Writable)
        {
            value += 300;
        }

        var found = KMeans.Fit(points, new KMeansOptions { Clusters = 9 });
        var inertia = 0.0;
        for (var row = 0; row < points.Rows; row++)
        {
            double[] distances = [.. Enumerable.Range(0, 9).Select(c => PairSums.SquaredDifference(points.Row(row), found.Centers.Row(c)))];
            distances[found.Labels[row]].ShouldBe(distances.Min(), 1e-4);
            inertia += distances[found.Labels[row]];
        }

        found.Inertia.ShouldBe(inertia, 1e-9 * inertia);
    }

    [Fact]
    public void Centers_are_the_means_of_their_own()
    {
        var points = Vectors.Random(8, 300, 5);
        var found = KMeans.Fit(points, new KMeansOptions { Clusters = 6, Tolerance = 0 });
        for (var c = 0; c < 6; c++)
        {
            var own = Enumerable.Range(0, 300).Where(row => found.Labels[row] == c).ToArray();
            for (var i = 0; i < 5; i++)
            {
                ((double)found.Centers.Row(c)[i]).ShouldBe(own.Average(row => points.Row(row)[i]), 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(10)]
    public void Equal_vectors_and_zeros_make_clusters_too(int? batchSize)
    {
        var options = new KMeansOptions { Clusters = 5, BatchSize = batchSize };
        var same = Tensor.Zeros(40, 3);
        same.Writable.Fill(2);
        KMeans.Fit(same, options).Inertia.ShouldBe(0);
        KMeans.Fit(same, options with { Spherical = true }).Inertia.ShouldBe(0, 1e-5);
        KMeans.Fit(Tensor.Zeros(40, 3), options).Inertia.ShouldBe(0);
        KMeans.Fit(Tensor.Zeros(40, 3), options with { Spherical = true }).Labels.Count.ShouldBe(40);
        KMeans.Fit(Vectors.Random(1, 5, 3), options).Inertia.ShouldBe(0); // each its own
    }

    [Fact]
    public void A_cluster_that_nobody_came_to_takes_the_farthest()
    {
        var points = Tensor.From([0f, 1f, 2f, 100f, 101f, 500f], 6, 1);
        var found = KMeans.Fit(points, new KMeansOptions { Clusters = 3, Initial = Tensor.From([0f, 100f, 100000f], 3, 1) });
        found.Labels.ShouldBe([0, 0, 0, 1, 1, 2]);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var x = Vectors.Random(1, 5, 3);
        Should.Throw<ArgumentException>(() => KMeans.Fit(x, new KMeansOptions { Clusters = 6 })).Message.ShouldStartWith("5 vectors cannot be divided into 6 clusters");
        Should.Throw<ArgumentException>(() => KMeans.Fit(Tensor.Zeros(0, 3))).Message.ShouldStartWith("0 vectors cannot be divided into 8 clusters");
        Should.Throw<ArgumentException>(() => KMeans.Fit(x, new KMeansOptions { Clusters = 2, Initial = Tensor.Zeros(2, 4) })).Message.ShouldContain("2 of 3 dimensions");
        Should.Throw<ArgumentException>(() => KMeans.Fit(x, new KMeansOptions { Clusters = 2, Tolerance = double.NaN })).Message.ShouldContain("Tolerance");
        Should.Throw<ArgumentException>(() => KMeans.Fit(x, new KMeansOptions { Clusters = 2 }).Predict(Tensor.Zeros(1, 4))).Message.ShouldContain("dimensions");
        x.Writable[0] = float.PositiveInfinity;
        Should.Throw<ArgumentException>(() => KMeans.Fit(x, new KMeansOptions { Clusters = 2 })).Message.ShouldStartWith("Vector 0 ");
    }
}
