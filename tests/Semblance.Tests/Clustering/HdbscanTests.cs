using Semblance.Tensors;

namespace Semblance.Tests;

public class HdbscanTests
{
    [Fact]
    public void Dense_groups_are_clusters_and_what_lies_between_is_noise()
    {
        // Two squares of nine, a loose pair and one far away.
        float[] points = [.. Square(0, 0), .. Square(10, 0), 5, 20, 5, 21, -40, -40];
        var found = Hdbscan.Fit(Tensor.From(points, points.Length / 2, 2), new HdbscanOptions { MinClusterSize = 4 });
        found.Labels.ShouldBe([.. Enumerable.Repeat(0, 9), .. Enumerable.Repeat(1, 9), -1, -1, -1]);
        found.Probabilities.Skip(18).ShouldBe([0, 0, 0]);
        found.Probabilities.Take(18).ShouldAllBe(probability => probability > 0.6 && probability <= 1);
        found.Probabilities[4].ShouldBe(1); // in the middle

        static IEnumerable<float> Square(float x, float y) =>
            Enumerable.Range(0, 9).SelectMany(i => new[] { x + (i % 3), y + (i / 3 * 1.01f) });
    }

    [Theory]
    [InlineData(1, 1, 240, false)]
    [InlineData(2, 4, 240, false)]
    [InlineData(3, 15, 240, false)]
    [InlineData(4, 5, 1000, false)]
    [InlineData(5, 1, 700, true)]
    [InlineData(6, 12, 700, true)]
    public void The_tree_is_the_shortest_one_over_mutual_reachability(int seed, int minSamples, int rows, bool isCoarse)
    {
        var points = isCoarse ? Vectors.Coarse(seed, rows, 5) : RecordedClusters.Groups(seed, rows, 3, 5, 0.5f).Points; // many are equal, or none
        var count = points.Rows;
        double Distance(int a, int b) => Math.Sqrt(PairSums.SquaredDifference(points.Row(a), points.Row(b)));
        double[] cores = [.. Enumerable.Range(0, count).Select(a => Enumerable.Range(0, count).Select(b => Distance(a, b)).Order().ElementAt(minSamples - 1))];

        // Prim's way: the nearest to what is there joins next.
        var nearest = Enumerable.Repeat(double.PositiveInfinity, count).ToArray();
        var (expected, outside, last) = (new List<double>(), Enumerable.Range(1, count - 1).ToHashSet(), 0);
        while (outside.Count > 0)
        {
            foreach (var b in outside)
            {
                nearest[b] = Math.Min(nearest[b], Math.Max(Distance(last, b), Math.Max(cores[last], cores[b])));
            }

            last = outside.MinBy(b => nearest[b]);
            expected.Add(nearest[last]);
            outside.Remove(last);
        }

        var found = Hdbscan.Fit(points, new HdbscanOptions { MinSamples = minSamples }).Dendrogram.Merges.Select(merge => merge.Distance).ToArray();
        foreach (var (actual, length) in found.Zip(expected.Order()))
        {
            actual.ShouldBe(length, 1e-5);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(20)]
    public void Clusters_are_those_that_the_definition_selects(int minSize)
    {
        var (points, _) = RecordedClusters.Groups(7, 200, 2, 6, 0.4f);
        var found = Hdbscan.Fit(points, new HdbscanOptions { MinClusterSize = minSize });
        var (_, clusters) = ByDefinition(found.Dendrogram, [.. Enumerable.Range(0, 200)], 0, minSize, isRoot: true);
        var labels = Enumerable.Repeat(-1, 200).ToArray();
        foreach (var (number, cluster) in clusters.OrderBy(cluster => cluster.Min()).Index())
        {
            cluster.ForEach(row => labels[row] = number);
        }

        found.Labels.ShouldBe(labels);
        found.Labels.Max().ShouldBeGreaterThan(0);
        found.Probabilities.Index().ShouldAllBe(row => (row.Item == 0) == (labels[row.Index] == -1));
    }

    [Fact]
    public void Threads_and_the_order_of_rows_change_nothing_and_groups_are_found()
    {
        var (points, groups) = RecordedClusters.Groups(11, 1500, 24, 10);
        var found = Hdbscan.Fit(points, new HdbscanOptions { MinClusterSize = 20 });
        found.Labels.ShouldBe(groups);
        var again = Hdbscan.Fit(points, new HdbscanOptions { MinClusterSize = 20, MaxThreads = 1 });
        again.Labels.ShouldBe(found.Labels);
        again.Probabilities.ShouldBe(found.Probabilities);
        again.Dendrogram.Merges.ShouldBe(found.Dendrogram.Merges);
        var backwards = points.Rows([.. Enumerable.Range(0, 1500).Reverse()]);
        RecordedClusters.Renumbered(Hdbscan.Fit(backwards, new HdbscanOptions { MinClusterSize = 20 }).Labels.Reverse()).ShouldBe(groups);
    }

    [Fact]
    public void Equal_vectors_and_few_vectors_are_no_trouble()
    {
        var zeros = Tensor.Zeros(500, 3);
        Hdbscan.Fit(zeros).Labels.ShouldAllBe(label => label == -1); // all alike: no two clusters
        var all = Hdbscan.Fit(zeros, new HdbscanOptions { AllowSingleCluster = true });
        all.Labels.ShouldAllBe(label => label == 0);
        all.Probabilities.ShouldAllBe(probability => probability == 1);
        Hdbscan.Fit(Tensor.Zeros(0, 3)).Labels.ShouldBeEmpty();
        Hdbscan.Fit(Tensor.Zeros(1, 3)).Labels.ShouldBe([-1]);
        Hdbscan.Fit(Tensor.Zeros(3, 3), new HdbscanOptions { MinSamples = 50 }).Labels.ShouldBe([-1, -1, -1]);
        var twins = Tensor.From([.. Enumerable.Repeat(1f, 20), .. Enumerable.Repeat(2f, 20)], 40, 1);
        Hdbscan.Fit(twins).Labels.ShouldBe([.. Enumerable.Repeat(0, 20), .. Enumerable.Repeat(1, 20)]);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var x = Vectors.Random(1, 5, 3);
        Should.Throw<ArgumentException>(() => Hdbscan.Fit(x, new HdbscanOptions { MinClusterSize = 1 })).Message.ShouldContain("MinClusterSize");
        Should.Throw<ArgumentException>(() => Hdbscan.Fit(x, new HdbscanOptions { MinSamples = 0 })).Message.ShouldContain("MinSamples");
        x.Writable[3] = float.NaN;
        Should.Throw<ArgumentException>(() => Hdbscan.Fit(x)).Message.ShouldStartWith("Vector 1 ");
    }

    // Top down: a group loses what falls off until it splits into two large ones; it is a cluster if it lasts longer than what is below it.
    private static (double Stability, List<List<int>> Clusters) ByDefinition(Dendrogram tree, List<int> rows, double birth, int minSize, bool isRoot)
    {
        var (stability, current) = (0.0, rows);
        foreach (var merge in Enumerable.Range(1, tree.Count - 1).Select(i => tree.Merges[^i]))
        {
            var labels = tree.CutAt(merge.Distance);
            var lambda = 1 / merge.Distance;
            var parts = current.GroupBy(row => labels[row]).Select(part => part.ToList()).ToList();
            var large = parts.Where(part => part.Count >= minSize).ToList();
            stability += (current.Count - large.Sum(part => part.Count)) * (lambda - birth);
            if (large.Count == 1)
            {
                current = large[0];
                continue;
            }

            stability += large.Sum(part => part.Count) * (lambda - birth);
            var below = large.Select(part => ByDefinition(tree, part, lambda, minSize, isRoot: false)).ToList();
            return isRoot || below.Sum(part => part.Stability) > stability
                ? (below.Sum(part => part.Stability), [.. below.SelectMany(part => part.Clusters)])
                : (stability, [rows]);
        }

        return (stability, isRoot ? [] : [rows]);
    }
}
