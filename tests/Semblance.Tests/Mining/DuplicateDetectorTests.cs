using FsCheck;
using FsCheck.Fluent;
using Semblance.Tensors;

namespace Semblance.Tests;

public class DuplicateDetectorTests
{
    [Fact]
    public void A_repeated_text_is_known_by_its_hash_and_a_similar_one_by_its_vector()
    {
        using var folder = new RecordedFolder("st/mean-normalize");
        var model = SentenceTransformer.Load(folder.Path);
        var detector = new DuplicateDetector(model, new DuplicateOptions { Threshold = 0.9999f });
        detector.Add("A man eats").ShouldBeNull();
        detector.Add("Two men pushed carts through the woods.").ShouldBeNull();
        detector.Add("A man eats").ShouldBe(new Duplicate(0, 1, IsExact: true));
        var similar = detector.Add("A  man eats")!.Value; // the same tokens
        (similar.Of, similar.IsExact).ShouldBe((0L, false));
        similar.Score.ShouldBe(1, 1e-5f);
        (detector.Count, detector.Remembered).ShouldBe((4, 2));
    }

    [Fact]
    public async Task A_stream_says_of_each_text_what_it_repeats()
    {
        using var folder = new RecordedFolder("st/mean-normalize");
        var model = SentenceTransformer.Load(folder.Path);
        string[] texts = ["a cat", "the moon", "a cat", "a  cat", "the moon"];
        var found = await new DuplicateDetector(model, new DuplicateOptions { Threshold = 0.9999f }).DetectAsync(texts.ToAsyncEnumerable()).ToListAsync();
        found.Select(text => (text.Place, text.Text)).ShouldBe(texts.Select((text, i) => ((long)i, text)));
        found.Select(text => text.Duplicate?.Of).ShouldBe([null, null, 0, 0, 1]);
        found.Select(text => text.Duplicate?.IsExact).ShouldBe([null, null, true, false, true]);
    }

    [Fact]
    public void Vectors_are_found_as_by_comparing_with_everything_remembered_however_many_come_at_once() =>
        Prop.ForAll(Gen.Choose(0, 1 << 30).Select(seed => new Random(seed)).ToArbitrary(), random =>
        {
            var vectors = Vectors.Coarse(random.Next(), random.Next(1, 120), random.Next(2, 6));
            var options = new DuplicateOptions { Threshold = random.NextSingle(), Capacity = random.Next(2) == 0 ? null : random.Next(1, 60) };
            var expected = OneByOne(vectors, options);
            var detector = new DuplicateDetector(vectors.Columns, options);
            var found = new List<Duplicate?>();
            for (int first = 0, count; first < vectors.Rows; first += count)
            {
                count = Math.Min(random.Next(1, 40), vectors.Rows - first);
                found.AddRange(count == 1 ? [detector.Add(vectors.Row(first))] : detector.Add(Tensor.From(vectors.Values.Slice(first * vectors.Columns, count * vectors.Columns), count, vectors.Columns)));
            }

            found.ShouldBe(expected);
            detector.Remembered.ShouldBeLessThanOrEqualTo(options.Capacity ?? int.MaxValue);
            detector.Count.ShouldBe(vectors.Rows);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Texts_with_a_bound_are_found_the_same_one_by_one_and_together()
    {
        using var folder = new RecordedFolder("st/mean-normalize");
        var model = SentenceTransformer.Load(folder.Path);
        var random = new Random(3);
        string[] texts = [.. Enumerable.Range(0, 150).Select(_ => folder.Sentences[random.Next(folder.Sentences.Length)] + random.Next(3))];
        foreach (var capacity in new int?[] { 1, 5, 20, null })
        {
            var options = new DuplicateOptions { Threshold = 0.99f, Capacity = capacity };
            var (alone, together) = (new DuplicateDetector(model, options), new DuplicateDetector(model, options));
            together.Add(texts).ShouldBe(texts.Select(text => alone.Add(text)));
            together.Remembered.ShouldBe(alone.Remembered);
        }
    }

    [Fact]
    public void What_was_forgotten_is_new_again()
    {
        var detector = new DuplicateDetector(2, new DuplicateOptions { Capacity = 2 });
        detector.Add([1, 0]).ShouldBeNull();
        detector.Add([2, 0])!.Value.Of.ShouldBe(0);
        detector.Add([0, 1]).ShouldBeNull();
        detector.Add([0, -1]).ShouldBeNull();
        detector.Add([1, 0]).ShouldBeNull();
        detector.Add([1, 0])!.Value.Of.ShouldBe(4);
        detector.Remembered.ShouldBe(2);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        var detector = new DuplicateDetector(3);
        Should.Throw<ArgumentException>(() => detector.Add([1, 2])).Message.ShouldContain("2 elements; 3 are expected");
        Should.Throw<ArgumentException>(() => detector.Add([1, 2, float.NaN])).Message.ShouldStartWith("Vector 0 has a value that is not finite");
        Should.Throw<InvalidOperationException>(() => detector.Add("text")).Message.ShouldContain("create it with a model");
        Should.Throw<ArgumentException>(() => new DuplicateDetector(3, new DuplicateOptions { Capacity = 0 })).Message.ShouldContain("Capacity");
        Should.Throw<ArgumentException>(() => new DuplicateDetector(3, new DuplicateOptions { Threshold = float.NaN })).Message.ShouldContain("Threshold");
        detector.Count.ShouldBe(0);
    }

    // The rule itself: pages of an eighth of the capacity, the oldest dropped when a new one would be too many.
    private static List<Duplicate?> OneByOne(Tensor vectors, DuplicateOptions options)
    {
        var scores = Similarity.Matrix(vectors, vectors);
        var page = options.Capacity is { } capacity ? Math.Clamp(capacity / 8, 1, 1024) : 1024;
        var (remembered, found) = (new List<int>(), new List<Duplicate?>());
        for (var i = 0; i < vectors.Rows; i++)
        {
            var best = remembered.OrderByDescending(other => scores.Row(other)[i]).Select(other => (int?)other).FirstOrDefault();
            if (best is { } of && scores.Row(of)[i] >= options.Threshold)
            {
                found.Add(new Duplicate(of, scores.Row(of)[i], IsExact: false));
                continue;
            }

            if (remembered.Count % page == 0 && remembered.Count + page > (options.Capacity ?? int.MaxValue - page))
            {
                remembered.RemoveRange(0, page);
            }

            remembered.Add(i);
            found.Add(null);
        }

        return found;
    }
}
