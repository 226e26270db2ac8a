namespace Semblance.Tests.Search;

public class Bm25IndexTests
{
    [Fact]
    public void Scores_are_those_of_the_formula()
    {
        // N = 3, mean length 4; "cat" is in 2 texts, "mat" in 1.
        var index = new Bm25Index(["The cat sat", "a cat, a mat, a CAT", "dogs bark"]);
        var hits = index.Search("cat mat");
        var (cat, mat) = (Math.Log(1 + (1.5 / 2.5)), Math.Log(1 + (2.5 / 1.5)));
        hits.Select(hit => hit.Index).ShouldBe([1, 0]);
        hits[0].Score.ShouldBe((float)((cat * 2 / (2 + Norm(6))) + (mat / (1 + Norm(6)))), 1e-6f);
        hits[1].Score.ShouldBe((float)(cat / (1 + Norm(3))), 1e-6f);

        static double Norm(int length) => 1.2 * (0.25 + (0.75 * length / (11 / 3.0)));
    }

    [Theory]
    [InlineData(1.2, 0.75, 1)]
    [InlineData(0, 0.75, 7)]
    [InlineData(2, 0, 50)]
    [InlineData(0.9, 1, 1000)]
    public void The_best_of_many_texts_are_those_of_comparing_all(double k1, double b, int topK)
    {
        var random = new Random(3);
        string[] texts = [.. Enumerable.Range(0, 700).Select(_ => Words(random, random.Next(0, 40)))];
        var index = new Bm25Index(texts, new Bm25Options { K1 = k1, B = b });
        for (var i = 0; i < 20; i++)
        {
            var query = Words(random, 1 + (i % 5));
            var hits = index.Search(query, topK);
            var expected = Slow(texts, query, k1, b).Where(hit => hit.Score > 0).ToArray();
            hits.Length.ShouldBe(Math.Min(topK, expected.Length));
            foreach (var (hit, (_, score)) in hits.Zip(expected))
            {
                hit.Score.ShouldBe((float)score, 1e-5f); // ranks may differ where scores are this close
                ((double)hit.Score).ShouldBe(expected.Single(other => other.Index == hit.Index).Score, 1e-5);
            }
        }
    }

    [Fact]
    public void Of_equal_texts_the_earlier_comes_first()
    {
        var index = new Bm25Index(Enumerable.Range(0, 500).Select(i => i % 2 == 0 ? "red fish" : "blue fish"));
        index.Search("red", 5).Select(hit => hit.Index).ShouldBe([0, 2, 4, 6, 8]);
        index.Search("fish", 3).Select(hit => hit.Index).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void Texts_can_be_added_after_a_search()
    {
        var index = new Bm25Index();
        index.Search("anything").ShouldBeEmpty();
        index.Add("first text").ShouldBe(0);
        index.Add("").ShouldBe(1);
        index.Search("second").ShouldBeEmpty();
        index.Add("a second text").ShouldBe(2);
        index.Count.ShouldBe(3);
        index.Search("second").ShouldHaveSingleItem().Index.ShouldBe(2);
        var whole = new Bm25Index(["first text", "", "a second text"]);
        index.Search("text").ShouldBe(whole.Search("text"));
    }

    [Fact]
    public void A_text_with_no_term_of_the_query_is_no_hit()
    {
        var index = new Bm25Index(["one", "two"]);
        index.Search("three ... !").ShouldBeEmpty();
        index.Search("").ShouldBeEmpty();
        index.Search("two", 10).ShouldHaveSingleItem().Index.ShouldBe(1);
    }

    [Fact]
    public void A_term_that_comes_twice_in_the_query_counts_twice()
    {
        var index = new Bm25Index(["apple", "pear", "plum"]);
        index.Search("apple Apple")[0].Score.ShouldBe(2 * index.Search("apple")[0].Score, 1e-6f);
    }

    [Fact]
    public void Long_lists_and_high_counts_are_kept_exactly()
    {
        // Gaps and counts beyond one and two bytes: 300 × in text 0, then once 20,000 texts later.
        var index = new Bm25Index([string.Join(' ', Enumerable.Repeat("rare", 300)), .. Enumerable.Repeat("x", 20_000), "rare"], new Bm25Options { B = 0 });
        var idf = Math.Log(1 + ((20_002 - 2 + 0.5) / 2.5));
        var hits = index.Search("rare");
        hits.Select(hit => hit.Index).ShouldBe([0, 20_001]);
        hits[0].Score.ShouldBe((float)(idf * 300 / 301.2), 1e-4f);
        hits[1].Score.ShouldBe((float)(idf / 2.2), 1e-4f);
    }

    [Fact]
    public void Chinese_is_found_by_characters_and_ranked_by_pairs()
    {
        var index = new Bm25Index(["我的卡丢了", "片名是什么卡", "银行卡片在哪里", "hello"]);
        index.Search("卡片").Select(hit => hit.Index).ShouldBe([2, 1, 0]);
    }

    [Fact]
    public void Any_number_of_threads_may_search()
    {
        var random = new Random(5);
        var index = new Bm25Index(Enumerable.Range(0, 2000).Select(_ => Words(random, 20)));
        var expected = index.Search("w1 w2 w3");
        Parallel.For(0, 32, _ => index.Search("w1 w2 w3").ShouldBe(expected));
    }

    [Fact]
    public void An_option_out_of_range_is_named()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new Bm25Index(new Bm25Options { K1 = double.NaN })).Message.ShouldContain("k1");
        Should.Throw<ArgumentOutOfRangeException>(() => new Bm25Index(new Bm25Options { B = 1.1 })).Message.ShouldContain("b must be");
        Should.Throw<ArgumentOutOfRangeException>(() => new Bm25Index(["a"]).Search("a", 0));
    }

    // Words w0 … w29, the low ones far more often.
    private static string Words(Random random, int count) =>
        string.Join(' ', Enumerable.Range(0, count).Select(_ => $"w{(int)(30 * Math.Pow(random.NextDouble(), 3))}"));

    private static IEnumerable<(int Index, double Score)> Slow(string[] texts, string query, double k1, double b)
    {
        string[][] all = [.. texts.Select(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        var mean = all.Average(words => words.Length);
        return all.Select((words, index) => (index, Score: query.Split(' ').Sum(term =>
        {
            var n = all.Count(other => other.Contains(term));
            var f = words.Count(word => word == term);
            return Math.Log(1 + ((texts.Length - n + 0.5) / (n + 0.5))) * (f == 0 ? 0 : f / (f + (k1 * (1 - b + (b * words.Length / mean)))));
        }))).OrderByDescending(hit => hit.Score);
    }
}
