using Semblance.Tensors;

namespace Semblance.Tests;

public class AgglomerativeClusteringTests
{
    [Fact]
    public void Clusters_and_distances_are_those_of_scikit_learn()
    {
        foreach (var recorded in RecordedClusters.Get("agglomerative").EnumerateArray())
        {
            var options = new AgglomerativeOptions
            {
                Linkage = Enum.Parse<Linkage>(recorded.GetProperty("linkage").GetString()!, ignoreCase: true),
                Similarity = SimilarityFunctions.Parse(recorded.GetProperty("metric").GetString()!),
            };
            var tree = AgglomerativeClustering.Fit(RecordedClusters.Points, options);
            var cut = recorded.GetProperty("cut").GetDouble();
            var labels = recorded.GetProperty("by_distance").GetBoolean() ? tree.CutAt(cut) : tree.Cut((int)cut);
            labels.ShouldBe(RecordedClusters.Renumbered(recorded.GetProperty("labels").Integers()), recorded.ToString());
            var distances = recorded.GetProperty("distances").Numbers();
            foreach (var (merge, distance) in tree.Merges.Zip(distances))
            {
                merge.Distance.ShouldBe(distance, 1e-5);
            }

            tree.Merges[^1].Size.ShouldBe(40);
        }
    }

    [Theory]
    [InlineData(Linkage.Average)]
    [InlineData(Linkage.Complete)]
    [InlineData(Linkage.Single)]
    [InlineData(Linkage.Ward)]
    public void Chains_find_what_joining_the_nearest_does(Linkage linkage)
    {
        var points = Vectors.Random((int)linkage, 60, 3);
        var tree = AgglomerativeClustering.Fit(points, new AgglomerativeOptions { Linkage = linkage, Similarity = SimilarityFunction.Euclidean, MaxThreads = 1 });
        var clusters = Enumerable.Range(0, 60).Select(row => new List<int> { row }).ToList();
        foreach (var merge in tree.Merges)
        {
            var nearest = (from a in Enumerable.Range(0, clusters.Count)
                           from b in Enumerable.Range(0, a)
                           select (Distance: Between(clusters[a], clusters[b]), a, b)).Min();
            merge.Distance.ShouldBe(nearest.Distance, 1e-5);
            clusters[nearest.b].AddRange(clusters[nearest.a]);
            clusters.RemoveAt(nearest.a);
            var labels = tree.Cut(clusters.Count);
            clusters.ShouldAllBe(cluster => cluster.Select(row => labels[row]).Distinct().Count() == 1);
        }

        double Between(List<int> a, List<int> b)
        {
            var all = a.SelectMany(x => b.Select(y => Math.Sqrt(PairSums.SquaredDifference(points.Row(x), points.Row(y))))).ToArray();
            return linkage switch
            {
                Linkage.Average => all.Average(),
                Linkage.Complete => all.Max(),
                Linkage.Single => all.Min(),
                _ => Math.Sqrt(2.0 * a.Count * b.Count / (a.Count + b.Count)) * Math.Sqrt(Enumerable.Range(0, 3).Sum(i => Math.Pow(a.Average(x => points.Row(x)[i]) - b.Average(y => points.Row(y)[i]), 2))),
            };
        }
    }

    [Fact]
    public void Equal_vectors_zeros_and_few_vectors_come_to_an_end()
    {
        var tree = AgglomerativeClustering.Fit(Tensor.Zeros(300, 4));
        tree.Merges.ShouldAllBe(merge => merge.Distance == 1); // a zero vector is like nothing, not even another
        tree.Cut(300).ShouldBe(Enumerable.Range(0, 300));
        AgglomerativeClustering.Fit(Tensor.Zeros(300, 4), new AgglomerativeOptions { Linkage = Linkage.Ward }).CutAt(0.1).ShouldAllBe(label => label == 0);
        AgglomerativeClustering.Fit(Tensor.Zeros(0, 4)).Cut(0).ShouldBeEmpty();
        AgglomerativeClustering.Fit(Tensor.Zeros(0, 4)).CutAt(1).ShouldBeEmpty();
        AgglomerativeClustering.Fit(Tensor.Zeros(1, 4)).Cut(1).ShouldBe([0]);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var x = Vectors.Random(1, 5, 3);
        var tree = AgglomerativeClustering.Fit(x);
        Should.Throw<ArgumentException>(() => tree.Cut(6)).Message.ShouldStartWith("5 vectors cannot be divided into 6 clusters");
        Should.Throw<ArgumentException>(() => tree.Cut(0));
        Should.Throw<ArgumentException>(() => tree.CutAt(double.NaN));
        Should.Throw<ArgumentException>(() => AgglomerativeClustering.Fit(x, new AgglomerativeOptions { Linkage = Linkage.Ward, Similarity = SimilarityFunction.Cosine })).Message.ShouldStartWith("Ward linkage cannot use cosine");
        Should.Throw<ArgumentException>(() => AgglomerativeClustering.Fit(x, new AgglomerativeOptions { Similarity = SimilarityFunction.DotProduct })).Message.ShouldContain("not a distance");
        x.Writable[14] = float.NaN;
        Should.Throw<ArgumentException>(() => AgglomerativeClustering.Fit(x)).Message.ShouldStartWith("Vector 4 ");
    }
}
