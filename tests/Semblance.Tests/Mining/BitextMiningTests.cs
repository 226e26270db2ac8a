using FsCheck;
using FsCheck.Fluent;
using Semblance.Tensors;

namespace Semblance.Tests;

public class BitextMiningTests
{
    // Cosines of three sources with three targets; the first target is close to everything.
    private static readonly float[][] Cosines = [[0.45f, 0.4f, 0.05f], [0.4f, 0.15f, 0.1f], [0.35f, 0.1f, 0.3f]];

    [Theory]
    [InlineData(Margin.Ratio, 0.45 / ((0.425 + 0.425) / 2), 0.4 / ((0.425 + 0.275) / 2), 0.3 / ((0.325 + 0.2) / 2))]
    [InlineData(Margin.Distance, 0.45 - 0.425, 0.4 - 0.35, 0.3 - 0.2625)]
    [InlineData(Margin.Absolute, 0.45, 0.4, 0.3)]
    public void Margins_are_those_of_the_paper(Margin margin, double first, double second, double third)
    {
        var (source, target) = WithCosines(Cosines);
        var options = new BitextMiningOptions { Neighbors = 2, Margin = margin };
        var scores = Everything(source, target, options);
        scores[(0, 0)].ShouldBe((float)first, 1e-5f);
        scores[(0, 1)].ShouldBe((float)second, 1e-5f);
        scores[(2, 2)].ShouldBe((float)third, 1e-5f);
        BitextMining.Mine(source, target, options).ShouldAllBe(pair => pair.Score == scores[ValueTuple.Create(pair.First, pair.Second)]);
    }

    [Theory]
    [InlineData(BitextRetrieval.Forward, "01 10 22")]
    [InlineData(BitextRetrieval.Backward, "01 10 22")]
    [InlineData(BitextRetrieval.Intersection, "01 10 22")]
    [InlineData(BitextRetrieval.Max, "01 10 22")]
    public void A_ratio_sees_through_a_text_that_is_close_to_everything(BitextRetrieval retrieval, string expected)
    {
        var (source, target) = WithCosines(Cosines);
        Places(BitextMining.Mine(source, target, new BitextMiningOptions { Neighbors = 2, Retrieval = retrieval })).ShouldBe(expected);
    }

    [Theory]
    [InlineData(BitextRetrieval.Forward, "00 10 20")]
    [InlineData(BitextRetrieval.Backward, "00 01 22")]
    [InlineData(BitextRetrieval.Intersection, "00")]
    [InlineData(BitextRetrieval.Max, "00 22")]
    public void By_cosine_alone_it_takes_them_all(BitextRetrieval retrieval, string expected)
    {
        var (source, target) = WithCosines(Cosines);
        Places(BitextMining.Mine(source, target, new BitextMiningOptions { Neighbors = 2, Retrieval = retrieval, Margin = Margin.Absolute })).ShouldBe(expected);
    }

    [Fact]
    public void Mining_finds_what_comparing_everything_does() =>
        Prop.ForAll(Gen.Choose(0, 1 << 30).Select(seed => new Random(seed)).ToArbitrary(), random =>
        {
            var columns = random.Next(1, 12);
            var (source, target) = (Vectors.Random(random.Next(), random.Next(0, 60), columns), Vectors.Random(random.Next(), random.Next(0, 60), columns));
            var block = random.Next(1, 40);
            var options = new BitextMiningOptions
            {
                Margin = (Margin)random.Next(3),
                Retrieval = (BitextRetrieval)random.Next(4),
                Neighbors = random.Next(1, 7),
                Threshold = random.Next(3) == 0 ? float.NegativeInfinity : random.NextSingle(),
                MaxThreads = random.Next(1, 4),
                Blocks = new MiningOptions { BlockRows = block, StripeFloats = block * columns * random.Next(1, 4) },
            };
            BitextMining.Mine(source, target, options).ShouldBe(ByComparingAll(source, target, options));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Progress_rises_to_1_and_a_canceled_search_ends()
    {
        var (source, target) = (Vectors.Random(1, 50, 8), Vectors.Random(2, 30, 8));
        var options = new BitextMiningOptions { MaxThreads = 1, Blocks = new MiningOptions { BlockRows = 10, StripeFloats = 160 } };
        var progress = new Recorder();
        BitextMining.Mine(source, target, options, progress);
        progress.Values.ShouldBeInOrder();
        progress.Values.Count.ShouldBe(15);
        progress.Values[^1].ShouldBe(1);
        using var source2 = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => BitextMining.Mine(source, target, options, new Recorder(source2.Cancel), source2.Token));
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        var x = Tensor.Zeros(2, 8);
        Should.Throw<ArgumentException>(() => BitextMining.Mine(x, Tensor.Zeros(2, 4))).Message.ShouldContain("4 dimensions");
        Should.Throw<ArgumentException>(() => BitextMining.Mine(x, x, new BitextMiningOptions { Neighbors = 0 })).Message.ShouldContain("Neighbors");
        Should.Throw<ArgumentException>(() => BitextMining.Mine(x, x, new BitextMiningOptions { Threshold = float.NaN })).Message.ShouldContain("Threshold");
        Should.Throw<ArgumentException>(() => BitextMining.Mine(x, x, new BitextMiningOptions { Margin = (Margin)7 })).Message.ShouldContain("margin");
        Should.Throw<ArgumentException>(() => BitextMining.Mine(x, x, new BitextMiningOptions { Retrieval = (BitextRetrieval)7 })).Message.ShouldContain("retrieval");
    }

    [SharedFact]
    public void Sentences_of_Tatoeba_find_themselves_again_in_another_order()
    {
        string[] sentences = [.. File.ReadLines(Fixtures.InShared("data/bitext/tatoeba-eval/en-zh.tsv")).Skip(1).Select(line => line.Split('\t')[0]).Distinct()];
        using var folder = new RecordedFolder("st/mean-normalize");
        var model = SentenceTransformer.Load(folder.Path);
        var pairs = BitextMining.Mine(model.Encode(sentences).Vectors, model.Encode([.. sentences.Reverse()]).Vectors);
        pairs.Count(pair => pair.First + pair.Second == sentences.Length - 1).ShouldBeGreaterThan(sentences.Length * 9 / 10);
    }

    private static string Places(IReadOnlyList<ScoredPair> pairs) => string.Join(' ', pairs.Select(pair => $"{pair.First}{pair.Second}").Order());

    // Sources that are unit vectors of their own, and targets whose projections on them are the cosines.
    private static (Tensor Source, Tensor Target) WithCosines(float[][] cosines)
    {
        var count = cosines.Length;
        var (source, target) = (Tensor.Zeros(count, 2 * count), Tensor.Zeros(count, 2 * count));
        for (var i = 0; i < count; i++)
        {
            source.Writable[(i * 2 * count) + i] = 1;
        }

        for (var j = 0; j < count; j++)
        {
            var squares = cosines.Sum(row => row[j] * row[j]);
            for (var i = 0; i < count; i++)
            {
                target.Writable[(j * 2 * count) + i] = cosines[i][j];
            }

            target.Writable[(j * 2 * count) + count + j] = MathF.Sqrt(1 - squares); // what is missing to length one
        }

        return (source, target);
    }

    private static Dictionary<(int, int), float> Everything(Tensor source, Tensor target, BitextMiningOptions options)
    {
        var scores = Similarity.Matrix(source, target);
        float[] near = [.. Enumerable.Range(0, source.Rows).Select(i => Mean(Enumerable.Range(0, target.Rows).Select(j => scores.Row(i)[j])))];
        float[] back = [.. Enumerable.Range(0, target.Rows).Select(j => Mean(Enumerable.Range(0, source.Rows).Select(i => scores.Row(i)[j])))];
        float Mean(IEnumerable<float> cosines) => cosines.OrderDescending().Take(options.Neighbors).DefaultIfEmpty().Average();
        float Margined(int i, int j)
        {
            var (cosine, mean) = (scores.Row(i)[j], (near[i] + back[j]) / 2);
            return options.Margin switch { Margin.Absolute => cosine, Margin.Distance => cosine - mean, _ => mean > 0 ? cosine / mean : float.NaN };
        }

        return (from i in Enumerable.Range(0, source.Rows) from j in Enumerable.Range(0, target.Rows) select (i, j)).ToDictionary(pair => pair, pair => Margined(pair.i, pair.j));
    }

    private static List<ScoredPair> ByComparingAll(Tensor source, Tensor target, BitextMiningOptions options)
    {
        var scores = Similarity.Matrix(source, target);
        var all = Everything(source, target, options);
        var forward = Enumerable.Range(0, source.Rows).SelectMany(i => Enumerable.Range(0, target.Rows).Select(j => (i, j))
            .OrderByDescending(pair => scores.Row(pair.i)[pair.j]).Take(options.Neighbors).Where(pair => !float.IsNaN(all[pair])).OrderByDescending(pair => all[pair]).Take(1)).ToList();
        var backward = Enumerable.Range(0, target.Rows).SelectMany(j => Enumerable.Range(0, source.Rows).Select(i => (i, j))
            .OrderByDescending(pair => scores.Row(pair.i)[pair.j]).Take(options.Neighbors).Where(pair => !float.IsNaN(all[pair])).OrderByDescending(pair => all[pair]).Take(1)).ToList();
        var chosen = options.Retrieval switch
        {
            BitextRetrieval.Forward => forward,
            BitextRetrieval.Backward => backward,
            BitextRetrieval.Intersection => forward.Intersect(backward),
            _ => forward.Union(backward),
        };
        var sorted = chosen.OrderByDescending(pair => all[pair]).ThenBy(pair => pair.i).ThenBy(pair => pair.j).Where(pair => all[pair] >= options.Threshold);
        var (sources, targets) = (new HashSet<int>(), new HashSet<int>());
        return sorted
            .Where(pair => options.Retrieval != BitextRetrieval.Max || (!sources.Contains(pair.i) && !targets.Contains(pair.j) && sources.Add(pair.i) && targets.Add(pair.j)))
            .Select(pair => new ScoredPair(pair.i, pair.j, all[pair])).ToList();
    }
}
