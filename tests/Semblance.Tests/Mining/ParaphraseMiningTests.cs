using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Semblance.Tensors;

namespace Semblance.Tests;

public class ParaphraseMiningTests
{
    [Fact]
    public void Pairs_equal_those_of_sentence_transformers()
    {
        // max_pairs was 15 there, where each pair counts twice: seven are left.
        using var expected = JsonDocument.Parse(File.ReadAllText(Fixtures.Own("util/expected.json")));
        var recorded = expected.RootElement.GetProperty("paraphrase_mining_top15").EnumerateArray().ToArray();
        foreach (var topK in new int?[] { null, 100 })
        {
            var pairs = ParaphraseMining.Mine(Vectors.Recorded("clusters"), new MiningOptions { MaxPairs = recorded.Length, TopK = topK });
            pairs.Select(pair => (pair.First, pair.Second)).ShouldBe(recorded.Select(pair => (pair[1].GetInt32(), pair[2].GetInt32())));
            foreach (var (pair, other) in pairs.Zip(recorded))
            {
                pair.Score.ShouldBe(other[0].GetSingle(), 1e-5);
            }
        }
    }

    [Fact]
    public void Mining_finds_what_comparing_everything_and_sorting_does() =>
        Prop.ForAll(Gen.Choose(0, 1 << 30).Select(seed => new Random(seed)).ToArbitrary(), random =>
        {
            var columns = random.Next(1, 12);
            var vectors = Vectors.Coarse(random.Next(), random.Next(0, 120), columns);
            var block = random.Next(1, 40);
            var options = new MiningOptions
            {
                Threshold = random.Next(3) == 0 ? float.NegativeInfinity : (random.NextSingle() * 2) - 1,
                MaxPairs = random.Next(1, 400),
                TopK = random.Next(2) == 0 ? null : random.Next(1, 12),
                Similarity = (SimilarityFunction)random.Next(4),
                MaxThreads = random.Next(1, 4),
                BlockRows = block,
                StripeFloats = block * columns * random.Next(1, 4),
            };
            ParaphraseMining.Mine(vectors, options).ShouldBe(ByComparingAll(vectors, options));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_number_of_threads_and_any_blocks_find_the_same_bits()
    {
        var vectors = Vectors.Random(1, 1500, 40);
        foreach (var topK in new int?[] { null, 5 })
        {
            var options = new MiningOptions { MaxPairs = 2000, TopK = topK };
            var expected = ParaphraseMining.Mine(vectors, options with { MaxThreads = 1 });
            expected.Count.ShouldBe(2000);
            ParaphraseMining.Mine(vectors, options).ShouldBe(expected);
            ParaphraseMining.Mine(vectors, options with { BlockRows = 100, StripeFloats = 300 * 40 }).ShouldBe(expected);
        }
    }

    [Fact]
    public void Equal_pairs_beyond_the_limit_are_chosen_by_position()
    {
        var vectors = Tensor.Zeros(50, 4);
        vectors.Writable.Fill(0.5f);
        ParaphraseMining.Mine(vectors, new MiningOptions { MaxPairs = 60, BlockRows = 8 })
            .Select(pair => (pair.First, pair.Second))
            .ShouldBe(Enumerable.Range(1, 49).Select(second => (0, second)).Concat(Enumerable.Range(2, 11).Select(second => (1, second))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Fewer_than_two_vectors_have_no_pairs(int count) =>
        ParaphraseMining.Mine(Tensor.Zeros(count, 8)).ShouldBeEmpty();

    [Fact]
    public void Progress_rises_to_1_and_a_canceled_search_ends()
    {
        var vectors = Vectors.Random(1, 100, 8);
        var options = new MiningOptions { BlockRows = 10, StripeFloats = 300 };
        var progress = new Recorder();
        ParaphraseMining.Mine(vectors, options, progress);
        progress.Values.ShouldBeInOrder();
        progress.Values.Count.ShouldBe(55);
        progress.Values[^1].ShouldBe(1);

        using var source = new CancellationTokenSource();
        var cancel = new Recorder(source.Cancel);
        Should.Throw<OperationCanceledException>(() => ParaphraseMining.Mine(vectors, options with { MaxThreads = 1 }, cancel, source.Token));
        cancel.Values.Count.ShouldBe(1);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        var x = Tensor.Zeros(2, 8);
        Should.Throw<ArgumentException>(() => ParaphraseMining.Mine(x, new MiningOptions { MaxPairs = 0 })).Message.ShouldContain("MaxPairs");
        Should.Throw<ArgumentException>(() => ParaphraseMining.Mine(x, new MiningOptions { TopK = 0 })).Message.ShouldContain("TopK");
        Should.Throw<ArgumentException>(() => ParaphraseMining.Mine(x, new MiningOptions { Threshold = float.NaN })).Message.ShouldContain("Threshold");
    }

    private static IEnumerable<ScoredPair> ByComparingAll(Tensor vectors, MiningOptions options)
    {
        var scores = Similarity.Matrix(vectors, vectors, options.Similarity);
        var all = from first in Enumerable.Range(0, vectors.Rows)
                  from second in Enumerable.Range(0, vectors.Rows)
                  where first != second && scores.Row(first)[second] >= options.Threshold
                  select new ScoredPair(first, second, scores.Row(first)[second]);
        return all
            .GroupBy(pair => pair.First)
            .SelectMany(group => group.OrderByDescending(pair => pair.Score).ThenBy(pair => pair.Second).Take(options.TopK ?? int.MaxValue))
            .Select(pair => pair with { First = Math.Min(pair.First, pair.Second), Second = Math.Max(pair.First, pair.Second) })
            .Distinct()
            .OrderByDescending(pair => pair.Score).ThenBy(pair => pair.First).ThenBy(pair => pair.Second)
            .Take(options.MaxPairs);
    }
}
