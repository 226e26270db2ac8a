namespace Semblance.Tests.Search;

public class RelativeScoreFusionTests
{
    private static readonly SearchHit[] _vectors = [new(0, 1), new(1, 0.75f), new(2, 0.5f)];
    private static readonly SearchHit[] _words = [new(1, 12), new(3, 10), new(2, 4)];

    [Fact]
    public void Scores_are_scaled_for_each_search_and_averaged()
    {
        var fused = RelativeScoreFusion.Fuse([_vectors, _words]);
        fused.Select(hit => hit.Index).ShouldBe([1, 0, 3, 2]);
        fused.Select(hit => hit.Score).ShouldBe([0.75f, 0.5f, 0.375f, 0]);
    }

    [Fact]
    public void Weights_are_those_of_a_mean()
    {
        RelativeScoreFusion.Fuse([_vectors, _words], weights: [3, 1])[..2].ShouldBe([new(0, 0.75f), new(1, 0.625f)]);
        RelativeScoreFusion.Fuse([_vectors, _words], weights: [2, 0]).Select(hit => hit.Score).ShouldBe([1, 0.5f, 0, 0]);
        RelativeScoreFusion.Fuse([_vectors, _words], topK: 1).ShouldHaveSingleItem().Index.ShouldBe(1);
    }

    [Fact]
    public void Scaling_and_shifting_the_scores_of_a_search_changes_nothing()
    {
        SearchHit[] scaled = [.. _words.Select(hit => hit with { Score = (hit.Score * 8) - 64 })];
        RelativeScoreFusion.Fuse([_vectors, scaled]).ShouldBe(RelativeScoreFusion.Fuse([_vectors, _words]));
    }

    [Fact]
    public void Searches_without_hits_and_with_equal_scores_are_fused_too()
    {
        RelativeScoreFusion.Fuse(Array.Empty<SearchHit[]>()).ShouldBeEmpty();
        RelativeScoreFusion.Fuse([[], [new(4, 2), new(2, 2)]]).ShouldBe([new(2, 0.5f), new(4, 0.5f)]);
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Should.Throw<ArgumentException>(() => RelativeScoreFusion.Fuse([_vectors, _words], weights: [1])).Message.ShouldContain("1 weights for 2 rankings");
        Should.Throw<ArgumentException>(() => RelativeScoreFusion.Fuse([_vectors, _words], weights: [1, -1])).Message.ShouldContain("0 or more");
        Should.Throw<ArgumentException>(() => RelativeScoreFusion.Fuse([_vectors, _words], weights: [0, 0])).Message.ShouldContain("All weights are 0");
        Should.Throw<ArgumentException>(() => RelativeScoreFusion.Fuse([[new(7, 1), new(5, float.NaN)]])).Message.ShouldContain("The score of text 5 in ranking 0 is NaN");
        Should.Throw<ArgumentException>(() => RelativeScoreFusion.Fuse([_vectors], topK: 0)).Message.ShouldContain("topK");
    }
}
