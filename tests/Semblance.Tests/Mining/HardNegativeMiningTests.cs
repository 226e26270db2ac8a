using FsCheck;
using FsCheck.Fluent;

namespace Semblance.Tests;

/// <summary>Against the rules of the original written out on the whole matrix of scores.</summary>
public sealed class HardNegativeMiningTests : IDisposable
{
    private readonly RecordedFolder _folder = new("st/mean-normalize");
    private readonly RecordedFolder _crossFolder = new("st/cross-encoder");
    private readonly SentenceTransformer _model;
    private readonly CrossEncoder _crossEncoder;
    private readonly string[] _texts;

    public HardNegativeMiningTests()
    {
        _model = SentenceTransformer.Load(_folder.Path);
        _crossEncoder = CrossEncoder.Load(_crossFolder.Path);
        _texts = [.. _folder.Sentences.Where(text => text.Length > 0)];
    }

    public void Dispose()
    {
        _folder.Dispose();
        _crossFolder.Dispose();
    }

    [Fact]
    public void Every_option_does_what_the_original_does() =>
        Prop.ForAll(Gen.Choose(0, 1 << 30).Select(seed => new Random(seed)).ToArbitrary(), random =>
        {
            var pairs = Pairs(random);
            string[]? corpus = random.Next(2) == 0 ? null : [.. random.GetItems(_texts, 12)];
            var crossEncoder = random.Next(4) == 0 ? _crossEncoder : null;
            var options = new HardNegativeOptions
            {
                RangeMin = random.Next(3),
                RangeMax = random.Next(2) == 0 ? null : random.Next(6, 12),
                NumNegatives = random.Next(1, 5),
                MinScore = Maybe(random, -0.2f, 0.6f),
                MaxScore = Maybe(random, 0.6f, 1),
                AbsoluteMargin = Maybe(random, -0.1f, 0.2f),
                RelativeMargin = Maybe(random, 0, 0.2f),
                IncludePositives = random.Next(4) == 0,
            };
            var mined = HardNegativeMining.Mine(_model, pairs, options, corpus, crossEncoder);
            var expected = Reference(pairs, options, corpus, crossEncoder);
            mined.Pairs.Select(pair => (pair.Anchor, pair.Positive)).ShouldBe(expected.Select(row => (row.Anchor, row.Positive)));
            foreach (var (pair, row) in mined.Pairs.Zip(expected))
            {
                pair.PositiveScore.ShouldBe(row.Score, 1e-6f);
                pair.Negatives.Select(negative => negative.Text).ShouldBe(row.Passed.Take(options.NumNegatives).Select(passed => passed.Text));
                foreach (var (negative, passed) in pair.Negatives.Zip(row.Passed))
                {
                    negative.Score.ShouldBe(passed.Score, 1e-6f);
                }
            }

            var drawn = HardNegativeMining.Mine(_model, pairs, options with { Sampling = NegativeSampling.Random, Seed = 5 }, corpus, crossEncoder);
            foreach (var (pair, row) in drawn.Pairs.Zip(expected))
            {
                pair.Negatives.Count.ShouldBe(Math.Min(options.NumNegatives, row.Passed.Count));
                pair.Negatives.Select(negative => negative.Text).ShouldBe(row.Passed.Select(passed => passed.Text).Where(text => pair.Negatives.Any(negative => negative.Text == text)));
            }

            var again = HardNegativeMining.Mine(_model, pairs, options with { Sampling = NegativeSampling.Random, Seed = 5 }, corpus, crossEncoder);
            again.Triplets().ShouldBe(drawn.Triplets());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void Rows_come_in_every_form()
    {
        (string, string)[] pairs = [("a man", _texts[0]), ("a girl", _texts[2]), ("a man", _texts[1])];
        var mined = HardNegativeMining.Mine(_model, pairs, new HardNegativeOptions { NumNegatives = 2 }, _texts);
        mined.Pairs.Select(pair => (pair.Anchor, pair.Positive)).ShouldBe([("a man", _texts[0]), ("a man", _texts[1]), ("a girl", _texts[2])]);
        mined.Pairs[0].Negatives.ShouldBe(mined.Pairs[1].Negatives);
        mined.Pairs[0].Negatives.ShouldNotContain(negative => negative.Text == _texts[0] || negative.Text == _texts[1]);
        mined.Triplets().Count().ShouldBe(6);
        mined.Triplets().First().ShouldBe(new MinedTriplet("a man", _texts[0], mined.Pairs[0].Negatives[0].Text, mined.Pairs[0].PositiveScore, mined.Pairs[0].Negatives[0].Score));
        mined.Tuples().Count().ShouldBe(3);
        mined.LabeledPairs().Select(pair => (pair.Anchor, pair.Label)).ShouldBe(
            [("a man", 1), ("a man", 1), ("a man", 0), ("a man", 0), ("a girl", 1), ("a girl", 0), ("a girl", 0)]);
        mined.LabeledLists().ShouldBe(mined.Pairs);
        (mined.Anchors, mined.Missing, mined.Positives.Count, mined.Negatives.Count, mined.Differences.Count).ShouldBe((2, 0, 3, 6, 6));
        mined.Differences.Mean.ShouldBe(mined.Triplets().Average(triplet => triplet.PositiveScore - triplet.NegativeScore), 1e-6);
    }

    [Fact]
    public void What_is_rejected_is_counted_once_and_what_is_missing_too()
    {
        (string, string)[] pairs = [.. _texts.Select(text => (text, text))];
        var all = HardNegativeMining.Mine(_model, pairs, new HardNegativeOptions { RangeMax = 100, NumNegatives = 100 });
        all.Candidates.ShouldBe(_texts.Length * (_texts.Length - 1));
        all.Rejected.ShouldBeEmpty();
        all.Missing.ShouldBe((_texts.Length * 100) - all.Candidates);
        all.Tuples().ShouldBeEmpty();
        var median = (float)all.Negatives.Median;
        var some = HardNegativeMining.Mine(_model, pairs, new HardNegativeOptions { RangeMax = 100, NumNegatives = 100, MaxScore = median, AbsoluteMargin = 0.1f });
        some.Rejected.Keys.ShouldBe(["AbsoluteMargin", "MaxScore"]);
        (some.Rejected.Values.Sum() + some.Negatives.Count).ShouldBe(some.Candidates);
        var none = HardNegativeMining.Mine(_model, pairs, new HardNegativeOptions { MinScore = 2 });
        (none.Negatives.Count, none.LabeledLists().Count(), none.Missing).ShouldBe((0, 0, 3L * _texts.Length));
    }

    [Fact]
    public void Prompts_are_for_each_side()
    {
        (string, string)[] pairs = [("a man", _texts[0])];
        var options = new HardNegativeOptions { Queries = new EncodeOptions { Prompt = "query: " }, Corpus = new EncodeOptions { Prompt = "text: " } };
        var mined = HardNegativeMining.Mine(_model, pairs, options, _texts);
        mined.Pairs[0].PositiveScore.ShouldBe(Similarity.Of(_model.Encode(["query: a man"])[0], _model.Encode([$"text: {_texts[0]}"])[0]), 1e-6f);
    }

    [Fact]
    public void Progress_rises_to_1_and_canceled_mining_ends()
    {
        (string, string)[] pairs = [.. _texts.Select(text => (text + "?", text))];
        foreach (var crossEncoder in new[] { null, _crossEncoder })
        {
            var progress = new Recorder();
            HardNegativeMining.Mine(_model, pairs, crossEncoder: crossEncoder, progress: progress);
            progress.Values.ShouldBeInOrder();
            progress.Values[^1].ShouldBe(1);
            if (crossEncoder is not null)
            {
                progress.Values[^(pairs.Length + 1)].ShouldBeLessThan(0.6, "scoring the pairs of the cross-encoder is most of the work");
            }
        }

        using var source = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => HardNegativeMining.Mine(_model, pairs, progress: new Recorder(source.Cancel), cancellationToken: source.Token));
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        (string, string)[] pairs = [("a", "b")];
        string Message(HardNegativeOptions options) => Should.Throw<ArgumentException>(() => HardNegativeMining.Mine(_model, pairs, options)).Message;
        Message(new HardNegativeOptions { RangeMin = -1 }).ShouldContain("RangeMin");
        Message(new HardNegativeOptions { RangeMin = 5, RangeMax = 5 }).ShouldContain("RangeMax");
        Message(new HardNegativeOptions { NumNegatives = 0 }).ShouldContain("NumNegatives");
        Message(new HardNegativeOptions { NumNegatives = 3, RangeMin = 4, RangeMax = 6 }).ShouldContain("Only 2 texts are looked at after the first 4 of 6");
        Message(new HardNegativeOptions { RelativeMargin = float.NaN }).ShouldContain("RelativeMargin");
        Message(new HardNegativeOptions { MinScore = 0.5f, MaxScore = 0.4f }).ShouldContain("MinScore");
        Message(new HardNegativeOptions { Sampling = (NegativeSampling)5 }).ShouldContain("sampling");
        Should.Throw<ArgumentException>(() => HardNegativeMining.Mine(_model, [])).Message.ShouldContain("empty");
        Should.Throw<ArgumentException>(() => HardNegativeMining.Mine(_model, [("a", null!)])).Message.ShouldContain("pair 0");
        using var labels = new RecordedFolder("st/cross-encoder-nli");
        Should.Throw<ArgumentException>(() => HardNegativeMining.Mine(_model, pairs, crossEncoder: CrossEncoder.Load(labels.Path))).Message.ShouldContain("3 labels");
    }

    [Fact]
    public void A_relative_margin_lowers_the_limit_of_a_positive_below_zero_too()
    {
        // −0.4 − 0.4 · 0.1 = −0.44: the limit lies below the positive, not above it.
        SearchHit[] hits = [new(0, -0.35f), new(1, -0.41f), new(2, -0.43f), new(3, -0.45f)];
        var selection = new NegativeSelection(new HardNegativeOptions { RelativeMargin = 0.1f }, 10);
        selection.Of(hits, [9], -0.4f).Select(hit => hit.Index).ShouldBe([3]);
        selection.Rejected["RelativeMargin"].ShouldBe(3);
        new NegativeSelection(new HardNegativeOptions { RelativeMargin = 0.1f }, 10).Of([new(0, 0.37f), new(1, 0.35f)], [9], 0.4f).Select(hit => hit.Index).ShouldBe([1]);
    }

    [Fact]
    public void A_pair_that_comes_twice_is_one()
    {
        (string, string)[] pairs = [(_texts[0], _texts[1]), (_texts[0], _texts[1]), (_texts[0], _texts[2])];
        var mined = HardNegativeMining.Mine(_model, pairs, corpus: _texts[3..8]);
        mined.Pairs.Select(pair => (pair.Anchor, pair.Positive)).ShouldBe([(_texts[0], _texts[1]), (_texts[0], _texts[2])]);
    }

    [Fact]
    public void Summaries_are_the_statistics_of_the_field()
    {
        var summary = ScoreSummary.Of([4, 1, 3, 2]);
        summary.ShouldBe(new ScoreSummary(4, 2.5, Math.Sqrt(5 / 3.0), 1, 1.75, 2.5, 3.25, 4));
        ScoreSummary.Of([7]).ShouldBe(new ScoreSummary(1, 7, 0, 7, 7, 7, 7, 7));
    }

    private (string, string)[] Pairs(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 10)).Select(_ => (_texts[random.Next(4)] + "?", _texts[random.Next(_texts.Length)]))];

    private static float? Maybe(Random random, float low, float high) => random.Next(3) == 0 ? low + (random.NextSingle() * (high - low)) : null;

    // sentence_transformers.util.mine_hard_negatives step by step: candidates, masks with minus infinity, top, range_min.
    private List<(string Anchor, string Positive, float Score, List<(string Text, float Score)> Passed)> Reference(
        (string Anchor, string Positive)[] pairs, HardNegativeOptions options, string[]? corpus, CrossEncoder? crossEncoder)
    {
        string[] texts = [.. (corpus ?? []).Concat(pairs.Select(pair => pair.Positive)).Distinct()];
        string[] anchors = [.. pairs.Select(pair => pair.Anchor).Distinct()];
        var positives = anchors.ToDictionary(anchor => anchor, anchor => pairs.Where(pair => pair.Anchor == anchor).Select(pair => pair.Positive).Distinct().ToArray());
        var most = positives.Values.Max(texts => texts.Length);
        var hasLimit = options.AbsoluteMargin is not null || options.RelativeMargin is not null || options.MaxScore is not null;
        var rangeMax = options.RangeMax ?? options.RangeMin + (options.NumNegatives * (hasLimit ? 10 : 1)) + most;
        var scores = Similarity.Matrix(_model.Encode(anchors).Vectors, _model.Encode(texts).Vectors);
        var rows = new List<(string, string, float, List<(string, float)>)>();
        foreach (var (a, anchor) in anchors.Index())
        {
            float Score(string text) => crossEncoder is null ? scores.Row(a)[Array.IndexOf(texts, text)] : crossEncoder.Predict(anchor, text)[0];
            var worst = positives[anchor].Min(Score);
            var masked = texts.OrderByDescending(text => scores.Row(a)[Array.IndexOf(texts, text)]).Take(rangeMax + most).Select(text =>
            {
                var score = Score(text);
                var isOut = (!options.IncludePositives && positives[anchor].Contains(text))
                    || (options.AbsoluteMargin is { } absolute && score + absolute > worst)
                    || (options.RelativeMargin is { } relative && score > worst - (Math.Abs(worst) * relative))
                    || score > options.MaxScore
                    || score < options.MinScore;
                return (Text: text, Score: isOut ? float.NegativeInfinity : score);
            });
            var passed = masked.OrderByDescending(hit => hit.Score).ThenBy(hit => Array.IndexOf(texts, hit.Text)).Take(rangeMax).Skip(options.RangeMin)
                .Where(hit => hit.Score > float.NegativeInfinity).ToList();
            rows.AddRange(positives[anchor].Select(positive => (anchor, positive, Score(positive), passed)));
        }

        return rows;
    }
}
