namespace Semblance.Tests;

public sealed class RetrieverTests : IDisposable
{
    private readonly RecordedFolder _folder = new("st/mean-normalize");
    private readonly RecordedFolder _crossFolder = new("st/cross-encoder");
    private readonly SentenceTransformer _model;
    private readonly CrossEncoder _crossEncoder;
    private readonly string[] _corpus;

    public RetrieverTests()
    {
        _model = SentenceTransformer.Load(_folder.Path);
        _crossEncoder = CrossEncoder.Load(_crossFolder.Path);
        _corpus = _folder.Sentences;
    }

    public void Dispose()
    {
        _folder.Dispose();
        _crossFolder.Dispose();
    }

    [Fact]
    public void A_dense_retriever_finds_what_exact_search_does()
    {
        string[] queries = ["A man eats", "music"];
        var hits = new DenseRetriever(_model, _corpus).Search(queries, 3);
        hits.ShouldBe(SemanticSearch.Search(_model.EncodeQuery(queries).Vectors, _model.EncodeDocument(_corpus).Vectors, new SearchOptions { TopK = 3 }));
    }

    [Fact]
    public void Hybrid_search_is_the_fusion_of_both_rankings()
    {
        var (dense, words) = (new DenseRetriever(_model, _corpus), new Bm25Index(_corpus));
        foreach (var query in _corpus.Append("a man in Berlin"))
        {
            SearchHit[][] found = [dense.Search(query, 7), words.Search(query, 7)];
            var options = new HybridOptions { Candidates = 7, K = 10, Weights = [1, 0.5] };
            new HybridSearch(_model, _corpus, options).Search(query, 5).ShouldBe(RelativeScoreFusion.Fuse(found, 5, [1, 0.5]));
            new HybridSearch(_model, _corpus, options with { Fusion = Fusion.ReciprocalRanks }).Search(query, 5)
                .ShouldBe(ReciprocalRankFusion.Fuse(found, 5, 10, [1, 0.5]));
        }

        new HybridSearch(_model, _corpus, new HybridOptions { Candidates = 1 }).Search("A man", 100).Length.ShouldBe(_corpus.Length);
    }

    [Fact]
    public void Words_of_a_Chinese_query_are_found()
    {
        string[] corpus = ["我想换一个密码", "今天天气很好", "如何更改银行卡密码？", "晚上好"];
        new Bm25Index(corpus).Search("更改密码")[0].Index.ShouldBe(2);
        new Bm25Index(corpus).Search("天气怎么样")[0].Index.ShouldBe(1);
        new HybridSearch(_model, corpus).Search("天气").Select(hit => hit.Index).ShouldContain(1);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100)]
    public void Reranking_orders_the_first_candidates_by_the_cross_encoder(int candidates)
    {
        var first = new DenseRetriever(_model, _corpus);
        var search = new RetrieveAndRerank(first, _corpus, _crossEncoder) { Candidates = candidates };
        int[] found = [.. first.Search("A man eats", Math.Max(candidates, 2)).Select(hit => hit.Index)];
        var expected = found.Select(place => new SearchHit(place, _crossEncoder.Predict("A man eats", _corpus[place])[0])).OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Index).Take(2);
        search.Search("A man eats", 2).ShouldBe(expected);
        search.Count.ShouldBe(_corpus.Length);
    }

    [Fact]
    public void A_retriever_with_a_weight_is_fused_with_the_model()
    {
        var first = new DenseRetriever(_model, _corpus);
        var model = new RetrieveAndRerank(first, _corpus, _crossEncoder) { Candidates = 4 };
        var expected = RelativeScoreFusion.Fuse([first.Search("A man eats", 4), model.Search("A man eats", 4)], 3, [1.5, 1]);
        new RetrieveAndRerank(first, _corpus, _crossEncoder) { Candidates = 4, RetrieverWeight = 1.5 }.Search("A man eats", 3).ShouldBe(expected);
        Should.Throw<ArgumentException>(() => new RetrieveAndRerank(first, _corpus, _crossEncoder) { RetrieverWeight = -1 }.Search("A man", 3));
    }

    [Fact]
    public void Retrievers_stack()
    {
        var hybrid = new HybridSearch(_model, _corpus);
        var hits = new RetrieveAndRerank(new HybridSearch([hybrid, new Bm25Index(_corpus)]), _corpus, _crossEncoder).Search(["A man", ""], 4);
        hits.Select(found => found.Length).ShouldBe([4, 4]);
        new RetrieveAndRerank(new Bm25Index(_corpus), _corpus, _crossEncoder).Search("xyzzy").ShouldBeEmpty();
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        var words = new Bm25Index(_corpus);
        Should.Throw<ArgumentException>(() => new HybridSearch([])).Message.ShouldContain("Retrievers of one corpus");
        Should.Throw<ArgumentException>(() => new HybridSearch([words, new Bm25Index(["one"])])).Message.ShouldContain($"{_corpus.Length}, 1 texts");
        Should.Throw<ArgumentException>(() => new HybridSearch([words], new HybridOptions { Candidates = 0 })).Message.ShouldContain("Candidates");
        Should.Throw<ArgumentException>(() => new HybridSearch([words], new HybridOptions { Weights = [1, 1] })).Message.ShouldContain("2 weights for 1 rankings");
        Should.Throw<ArgumentException>(() => new HybridSearch([words]).Search(["a"], 0)).Message.ShouldContain("topK");
        Should.Throw<ArgumentException>(() => new RetrieveAndRerank(words, ["one"], _crossEncoder)).Message.ShouldContain("1 texts");
        using var labels = new RecordedFolder("st/cross-encoder-nli");
        Should.Throw<ArgumentException>(() => new RetrieveAndRerank(words, _corpus, CrossEncoder.Load(labels.Path))).Message.ShouldContain("3 labels");
        using var source = new CancellationTokenSource();
        source.Cancel();
        Should.Throw<OperationCanceledException>(() => new RetrieveAndRerank(words, _corpus, _crossEncoder).Search(["A man"], 3, source.Token));
    }
}
