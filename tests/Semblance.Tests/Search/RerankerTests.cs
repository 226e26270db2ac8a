using Semblance.Transformers;

namespace Semblance.Tests.Search;

public class RerankerTests
{
    private static readonly string[] Corpus = ["A man is eating food.", "The weather is fine.", "A woman plays the guitar.", "Someone eats."];

    [Theory]
    [InlineData("st/cross-encoder", 0)]
    [InlineData("st/mean-normalize", 1)]
    public void The_model_of_a_folder_orders_texts_alone_and_behind_a_search(string fixture, double weight)
    {
        var reranker = Reranker.Load(Fixtures.Own(fixture));
        reranker.RetrieverWeight.ShouldBe(weight);
        var ranked = reranker.Rank("Who eats?", Corpus, 2);
        ranked.Length.ShouldBe(2);
        ranked[0].Score.ShouldBeGreaterThanOrEqualTo(ranked[1].Score);
        var words = new Bm25Index(Corpus);
        var found = words.Search("eating food", 100);
        SearchHit[] behind = [.. reranker.Rank("eating food", [.. found.Select(hit => Corpus[hit.Index])])
            .Select(document => new SearchHit(found[document.Index].Index, document.Score))];
        var order = (weight == 0 ? behind : RelativeScoreFusion.Fuse([found, behind], weights: [weight, 1])).Select(hit => hit.Index);
        reranker.Behind(words, Corpus).Search(["eating food"], 4)[0].Select(hit => hit.Index).ShouldBe(order);
    }

    [Theory]
    [InlineData("st/cross-encoder-nli", "so no score ranks the texts")]
    [InlineData("st/splade", "does not rank")]
    public void A_model_that_does_not_rank_is_refused(string fixture, string message) =>
        Should.Throw<ModelFormatException>(() => Reranker.Load(Fixtures.Own(fixture))).Message.ShouldContain(message);
}
