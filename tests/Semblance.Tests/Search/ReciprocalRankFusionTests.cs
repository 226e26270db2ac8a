namespace Semblance.Tests;

public class ReciprocalRankFusionTests
{
    [Fact]
    public void Scores_are_the_sums_of_the_paper()
    {
        var fused = ReciprocalRankFusion.FuseIds<string>([["a", "b", "c"], ["c", "a", "d"]]);
        fused.Select(entry => entry.Id).ShouldBe(["a", "c", "b", "d"]);
        fused.Select(entry => entry.Score).ShouldBe([(1 / 61.0) + (1 / 62.0), (1 / 63.0) + (1 / 61.0), 1 / 62.0, 1 / 63.0]);
    }

    [Fact]
    public void Weights_and_k_change_who_wins()
    {
        string[][] rankings = [["a", "b"], ["b", "a"], ["c"]];
        ReciprocalRankFusion.FuseIds(rankings, weights: [2, 1, 0])[0].ShouldBe(("a", (2 / 61.0) + (1 / 62.0)));
        ReciprocalRankFusion.FuseIds(rankings, weights: [1, 2, 0])[0].Id.ShouldBe("b");
        ReciprocalRankFusion.FuseIds(rankings, k: 0)[2].ShouldBe(("c", 1.0));
    }

    [Fact]
    public void Hits_that_are_equal_come_by_their_place_and_one_that_comes_twice_counts_once()
    {
        SearchHit[][] rankings = [[new(7, 0.9f), new(7, 0.8f), new(2, 0.1f)], [new(4, 11), new(7, 10)]];
        ReciprocalRankFusion.Fuse(rankings).Select(hit => hit.Index).ShouldBe([7, 4, 2]);
        ReciprocalRankFusion.Fuse([[new(5, 1)], [new(3, 1)]]).Select(hit => hit.Index).ShouldBe([3, 5]);
        ReciprocalRankFusion.Fuse(rankings, topK: 1).ShouldHaveSingleItem().Score.ShouldBe((float)((1 / 61.0) + (1 / 62.0)));
        ReciprocalRankFusion.Fuse(Array.Empty<SearchHit[]>()).ShouldBeEmpty();
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        string[][] rankings = [["a"], ["b"]];
        Should.Throw<ArgumentException>(() => ReciprocalRankFusion.FuseIds(rankings, k: -1)).Message.ShouldContain("k must be 0 or more");
        Should.Throw<ArgumentException>(() => ReciprocalRankFusion.FuseIds(rankings, k: double.NaN)).Message.ShouldContain("k must be 0 or more");
        Should.Throw<ArgumentException>(() => ReciprocalRankFusion.FuseIds(rankings, weights: [1])).Message.ShouldContain("1 weights for 2 rankings");
        Should.Throw<ArgumentException>(() => ReciprocalRankFusion.FuseIds(rankings, weights: [1, -1])).Message.ShouldContain("0 or more");
        Should.Throw<ArgumentException>(() => ReciprocalRankFusion.Fuse([[new SearchHit(0, 1)]], topK: 0)).Message.ShouldContain("topK");
    }
}
