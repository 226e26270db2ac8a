using Semblance.Transformers;

namespace Semblance.Tests.Search;

public class RerankerTests
{
    private static readonly string[] Corpus = ["A man is eating food.", "The weather is fine.", "A woman plays the guitar.", "Someone eats."];

    [Theory]
    [InlineData("st/cross-encoder")]
    [InlineData("st/mean-normalize")]
    public void The_model_of_a_folder_orders_texts_alone_and_behind_a_search(string fixture)
    {
        var reranker = Reranker.Load(Fixtures.Own(fixture));
        var ranked = reranker.Rank("Who eats?", Corpus, 2);
        ranked.Length.ShouldBe(2);
        ranked[0].Score.ShouldBeGreaterThanOrEqualTo(ranked[1].Score);
        var hits = reranker.Behind(new Bm25Index(Corpus), Corpus).Search(["eating food"], 4)[0];
        hits.Select(hit => hit.Score).ShouldBe(reranker.Rank("eating food", [.. hits.Select(hit => Corpus[hit.Index])]).Select(document => document.Score));
    }

    [Theory]
    [InlineData("st/cross-encoder-nli", "so no score ranks the texts")]
    [InlineData("st/splade", "does not rank")]
    public void A_model_that_does_not_rank_is_refused(string fixture, string message) =>
        Should.Throw<ModelFormatException>(() => Reranker.Load(Fixtures.Own(fixture))).Message.ShouldContain(message);
}
