namespace Semblance.Training.Tests.Datasets;

public class SampledNegativesTests
{
    private static readonly Example[] Pairs =
    [
        new(["where is the parcel", "the parcel is at the depot"]), new(["where is the parcel", "it is on the van"]), new(["when does the shop open", "the shop opens at nine"]),
        new(["who carries the parcel", "a courier carries the parcel"]), new(["is the shop open", "the shop is open on Sunday"]),
    ];

    [Fact]
    public void Random_negatives_are_other_answers_and_none_of_the_questions_own()
    {
        var negatives = SampledNegatives.Random(Pairs, 3, seed: 1);
        for (var i = 0; i < Pairs.Length; i++)
        {
            negatives[i].Count.ShouldBe(3);
            negatives[i].Distinct().Count().ShouldBe(3);
            negatives[i].Intersect(Pairs.Where(pair => pair.Texts[0] == Pairs[i].Texts[0]).Select(pair => pair.Texts[1])).ShouldBeEmpty();
        }

        SampledNegatives.Random(Pairs, 3, seed: 1).ShouldBe(negatives);
        SampledNegatives.Random(Pairs, 3, seed: 2).ShouldNotBe(negatives);
        SampledNegatives.Random(Pairs, 9, seed: 1)[0].Count.ShouldBe(3, "all that there are");
    }

    [Fact]
    public void Rows_of_one_label_share_their_answers() =>
        SampledNegatives.Random([new(["a", "b"], Label: 0), new(["c", "d"], Label: 0), new(["e", "f"], Label: 1)], 9, seed: 1).Select(texts => string.Join(' ', texts.Order())).ShouldBe(["f", "f", "b d"]);

    [Fact]
    public void Hard_negatives_are_the_best_of_a_search_or_some_of_them()
    {
        IReadOnlyList<string> Of(int count, int skip, int within) => SampledNegatives.Hard(Pairs, answers => new Bm25Index(answers), count, skip, within, seed: 1)[0];
        Of(1, 0, 1).ShouldBe(["a courier carries the parcel"], "its own two answers are left out");
        Of(2, 0, 2)[0].ShouldBe("a courier carries the parcel");
        Of(1, 1, 1).ShouldBe([Of(2, 0, 2)[1]]);
        Enumerable.Range(0, 20).Select(seed => SampledNegatives.Hard(Pairs, answers => new Bm25Index(answers), 1, 0, 3, seed)[0].Single()).Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Lists_gather_the_candidates_of_a_query_the_most_relevant_first()
    {
        var lists = QueryLists.From([new(["q", "a"], 0), new(["r", "b"], Label: 1), new(["q", "c"], 2), new(["q", "d"], 0)]);
        lists.Select(list => string.Join(' ', list.Texts)).ShouldBe(["q c a d", "r b"]);
        lists[0].Targets.ShouldBe([2, 0, 0]);
        Should.Throw<ArgumentException>(() => QueryLists.From([new(["q", "a"])])).Message.ShouldContain("neither score nor label");
    }

    [Fact]
    public void Numbers_by_chance_made_one_by_one_are_all_of_them() =>
        Permutation.Lazily(50, 3, 4).Order().ShouldBe(Enumerable.Range(0, 50));
}
