namespace Semblance.Training.Tests;

public class GroupedTextsTests
{
    // Four texts in group x, one of them twice; two in y; one alone in z.
    private static readonly Example[] Rows =
        [.. new[] { ("x", "a"), ("y", "1"), ("x", "b"), ("x", "c"), ("z", "!"), ("x", "a"), ("y", "2"), ("x", "d") }.Select(row => new Example([row.Item1, row.Item2]))];

    [Fact]
    public void Each_text_is_paired_with_the_next_of_its_group()
    {
        var pairs = GroupedTexts.Pairs(Rows);
        pairs.Select(pair => pair.Label).ShouldBe([0, 0, 0, 1]);
        pairs[1].Texts[0].ShouldBe(pairs[0].Texts[1]);
        pairs[2].Texts[0].ShouldBe(pairs[1].Texts[1]);
        pairs.Take(3).SelectMany(pair => pair.Texts).Distinct().Order().ShouldBe(["a", "b", "c", "d"]);
        pairs[3].Texts.Order().ShouldBe(["1", "2"]);
    }

    [Fact]
    public void All_pairs_are_every_two_texts_once()
    {
        var pairs = GroupedTexts.Pairs(Rows, mostPairsPerGroup: int.MaxValue);
        pairs.Select(pair => string.Concat(pair.Texts.Order())).Order().ShouldBe(["12", "ab", "ac", "ad", "bc", "bd", "cd"]);
        GroupedTexts.Pairs(Rows, mostPairsPerGroup: 2).Count.ShouldBe(3);
    }

    [Fact]
    public void The_seed_decides_the_order()
    {
        static string Of(long seed) => string.Join(' ', GroupedTexts.Pairs(Rows, seed).Select(pair => string.Concat(pair.Texts)));
        Of(1).ShouldBe(Of(1));
        Enumerable.Range(0, 20).Select(seed => Of(seed)).Distinct().Count().ShouldBeGreaterThan(5);
    }

    [Fact]
    public void A_row_without_its_group_is_refused() =>
        Should.Throw<ArgumentException>(() => GroupedTexts.Pairs([new Example(["a"])])).Message.ShouldContain("1 texts; two are expected");
}
