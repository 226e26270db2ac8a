using System.Text.Json;

namespace Semblance.Server.Tests.Reranking;

/// <summary><c>/v1/rerank</c> and <c>/score</c>.</summary>
public sealed class RerankRoutesTests : IAsyncLifetime
{
    private static readonly string[] Texts = ["the cat sleeps", "a dog runs in the park", "stock prices fell"];

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(
        $"cross={TestServer.CrossModel}", $"dense={TestServer.DenseModel}", "default", $"splade={TestServer.SparseModel}");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("/rerank")]
    [InlineData("/v1/rerank")]
    [InlineData("/v1/reranking")]
    public async Task Documents_get_an_object_with_results(string path)
    {
        var answer = await _server.PostAsync(path, JsonSerializer.Serialize(new { model = "cross", query = "dog", documents = Texts, top_n = 2 }));
        var results = answer.Json.GetProperty("results").EnumerateArray().ToArray();
        results.Length.ShouldBe(2);
        var first = results[0].GetProperty("index").GetInt32();
        results[0].GetProperty("document").GetProperty("text").GetString().ShouldBe(Texts[first]);
        answer.Json.GetProperty("model").GetString().ShouldBe("cross");
        answer.Json.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBeGreaterThan(10);
        var bare = await _server.PostAsync(
            path, JsonSerializer.Serialize(new { model = "cross", query = "dog", documents = Texts, return_documents = false }));
        bare.Json.GetProperty("results")[0].TryGetProperty("document", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Texts_and_documents_are_told_apart_on_one_route()
    {
        (await _server.PostAsync("/rerank", """{"query":"dog","texts":["a"]}""")).Json.ValueKind.ShouldBe(JsonValueKind.Array);
        (await _server.PostAsync("/rerank", """{"query":"dog","documents":["a"]}""")).Json.ValueKind.ShouldBe(JsonValueKind.Object);
        (await _server.PostAsync("/rerank", """{"query":"dog","texts":[]}""")).Json.TryGetProperty("error_type", out _).ShouldBeTrue();
        var error = (await _server.PostAsync("/rerank", """{"query":"dog","documents":[]}""")).Json.GetProperty("error");
        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
    }

    [Fact]
    public async Task The_head_of_the_default_model_ranks_as_the_reranker_does_offline()
    {
        var body = JsonSerializer.Serialize(new { model = "default", query = "Where does the dog run?", documents = Texts, raw_scores = true });
        var answer = await _server.PostAsync("/v1/rerank", body);
        var expected = Reranker.Load(DefaultModel.Folder).Rank("Where does the dog run?", Texts);
        var results = answer.Json.GetProperty("results").EnumerateArray().ToArray();
        results.Select(result => result.GetProperty("index").GetInt32()).ShouldBe(expected.Select(rank => rank.Index));
        results.Select(result => result.GetProperty("relevance_score").GetSingle()).ShouldBe(expected.Select(rank => rank.Score));
        var relative = await _server.PostAsync("/v1/rerank", body.Replace("true", "false", StringComparison.Ordinal));
        var scores = relative.Json.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("relevance_score").GetSingle());
        scores.ShouldAllBe(score => score >= 0 && score <= 1);
    }

    [Fact]
    public async Task Scores_are_in_the_order_of_the_pairs_and_one_text_meets_all()
    {
        var answer = await _server.PostAsync(
            "/score", JsonSerializer.Serialize(new { model = "cross", text_1 = "dog", text_2 = Texts }));
        var data = answer.Json.GetProperty("data").EnumerateArray().ToArray();
        data.Select(item => item.GetProperty("index").GetInt32()).ShouldBe([0, 1, 2]);
        data[0].GetProperty("object").GetString().ShouldBe("score");
        var model = CrossEncoder.Load(TestServer.CrossModel);
        data.Select(item => item.GetProperty("score").GetSingle()).ShouldBe(Texts.Select(
            text => model.Predict("dog", text, new PredictOptions { Activation = Tensors.Activation.Sigmoid })[0]));
        var dense = await _server.PostAsync(
            "/v1/score", JsonSerializer.Serialize(new { model = "dense", queries = Texts, documents = Texts }));
        dense.Json.GetProperty("data").EnumerateArray().ShouldAllBe(item => Math.Abs(item.GetProperty("score").GetSingle() - 1) < 1e-5);
    }

    [Theory]
    [InlineData("/v1/rerank", """{"model":"splade","query":"a","documents":["a"]}""", 400)]
    [InlineData("/v1/rerank", """{"model":"none","query":"a","documents":["a"]}""", 404)]
    [InlineData("/v1/rerank", """{"query":"a","documents":["a"],"top_n":-1}""", 400)]
    [InlineData("/v1/rerank", """{"query":1,"documents":["a"]}""", 400)]
    [InlineData("/v1/rerank", """[1]""", 400)]
    [InlineData("/score", """{"text_1":["a","b"],"text_2":["a","b","c"]}""", 400)]
    [InlineData("/score", """{"text_1":"a"}""", 400)]
    public async Task A_wrong_request_is_an_error(string path, string body, int status)
    {
        var answer = await _server.PostAsync(path, body);
        answer.Status.ShouldBe(status, answer.Body);
        answer.Json.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }
}
