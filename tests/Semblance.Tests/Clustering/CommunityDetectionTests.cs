using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Semblance.Tensors;

namespace Semblance.Tests;

public class CommunityDetectionTests
{
    [Fact]
    public void Communities_equal_those_of_sentence_transformers()
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Fixtures.Own("util/expected.json")));
        var recorded = expected.RootElement.GetProperty("community_detection_0.75_min3").EnumerateArray().Select(RecordedClusters.Integers);
        CommunityDetection.Detect(Vectors.Recorded("clusters"), new CommunityOptions { Threshold = 0.75f, MinSize = 3 }).ShouldBe(recorded);
    }

    [Fact]
    public void Communities_are_those_of_the_whole_matrix() =>
        Prop.ForAll(Gen.Choose(0, 1 << 30).Select(seed => new Random(seed)).ToArbitrary(), random =>
        {
            var vectors = Vectors.Random(random.Next(), random.Next(0, 150), random.Next(1, 6));
            var options = new CommunityOptions { Threshold = (random.NextSingle() * 2) - 1, MinSize = random.Next(1, 20), MaxThreads = random.Next(1, 4) };
            CommunityDetection.Detect(vectors, options).ShouldBe(ByTheWholeMatrix(vectors, options));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(0.75)]
    [InlineData(1)]
    public void Any_input_comes_to_an_end(float threshold)
    {
        Tensor same = Tensor.Zeros(1500, 4), zeros = Tensor.Zeros(1500, 4);
        same.Writable.Fill(0.5f); // of length one, exactly
        var options = new CommunityOptions { Threshold = threshold };
        CommunityDetection.Detect(same, options).ShouldHaveSingleItem().ShouldBe(Enumerable.Range(0, 1500));
        CommunityDetection.Detect(zeros, options).Count.ShouldBe(threshold <= 0 ? 1 : 0);
        CommunityDetection.Detect(Tensor.Zeros(0, 4), options).ShouldBeEmpty();
        CommunityDetection.Detect(Tensor.From([3f, 4f], 1, 2), options).ShouldHaveSingleItem().ShouldBe([0]);
        CommunityDetection.Detect(same, options with { MinSize = 5000 }).ShouldHaveSingleItem().Length.ShouldBe(1500);
        CommunityDetection.Detect(same, options with { MinSize = int.MaxValue }).Count.ShouldBe(1);
    }

    [Fact]
    public void Threads_change_nothing()
    {
        var (points, _) = RecordedClusters.Groups(1, 2000, 16, 30, 0.4f);
        var options = new CommunityOptions { MinSize = 5 };
        var expected = CommunityDetection.Detect(points, options with { MaxThreads = 1 });
        expected.Count.ShouldBeGreaterThan(10);
        CommunityDetection.Detect(points, options).ShouldBe(expected);
    }

    [Fact]
    public void What_is_not_a_number_is_named()
    {
        var vectors = Vectors.Random(1, 5, 3);
        vectors.Writable[7] = float.NaN;
        Should.Throw<ArgumentException>(() => CommunityDetection.Detect(vectors)).Message.ShouldStartWith("Vector 2 has a value that is not finite");
        Should.Throw<ArgumentException>(() => CommunityDetection.Detect(Tensor.Zeros(1, 1), new CommunityOptions { Threshold = float.NaN })).Message.ShouldContain("threshold");
        Should.Throw<ArgumentException>(() => CommunityDetection.Detect(Tensor.Zeros(1, 1), new CommunityOptions { MinSize = 0 })).Message.ShouldContain("MinSize");
    }

    [Fact]
    public void A_search_can_be_canceled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Should.Throw<OperationCanceledException>(() => CommunityDetection.Detect(Vectors.Random(1, 100, 8), null, null, source.Token));
    }

    private static List<int[]> ByTheWholeMatrix(Tensor vectors, CommunityOptions options)
    {
        var scores = Similarity.Matrix(vectors, vectors);
        var least = Math.Min(options.MinSize, vectors.Rows);
        var all = Enumerable.Range(0, vectors.Rows)
            .Select(row => Enumerable.Range(0, vectors.Rows)
                .Where(other => other == row ? options.Threshold <= 1 : scores.Row(row)[other] >= options.Threshold)
                .OrderByDescending(other => other == row).ThenByDescending(other => scores.Row(row)[other]).ThenBy(other => other).ToArray())
            .Where(members => members.Length >= least)
            .OrderByDescending(members => members.Length);
        var taken = new HashSet<int>();
        var found = new List<int[]>();
        foreach (var members in all)
        {
            int[] left = [.. members.Where(member => !taken.Contains(member))];
            if (left.Length >= least)
            {
                found.Add(left);
                taken.UnionWith(left);
            }
        }

        return [.. found.OrderByDescending(members => members.Length)];
    }
}
