using System.Text.Json;
using Semblance.Tensors;

namespace Semblance.Server.Tests.TextEmbeddingsInference;

/// <summary>The routes of text-embeddings-inference, with one row of its table of errors each.</summary>
public sealed class TeiRoutesTests : IAsyncLifetime
{
    private static readonly string[] Texts = ["a dog runs", "the cat sleeps", "stock prices fell"];

    private TestServer _dense = null!;
    private TestServer _cross = null!;
    private TestServer _classifier = null!;
    private TestServer _sparse = null!;

    public async Task InitializeAsync()
    {
        _dense = await TestServer.StartAsync(new ServerOptions
        {
            Models = [new ServedModel("dense", TestServer.PromptsModel)],
            MaxInputs = 100,
        });
        _cross = await TestServer.StartAsync($"cross={TestServer.CrossModel}");
        _classifier = await TestServer.StartAsync($"nli={TestServer.ClassifierModel}");
        _sparse = await TestServer.StartAsync($"splade={TestServer.SparseModel}");
    }

    public async Task DisposeAsync()
    {
        await _dense.DisposeAsync();
        await _cross.DisposeAsync();
        await _classifier.DisposeAsync();
        await _sparse.DisposeAsync();
    }

    [Fact]
    public async Task Embed_returns_an_array_of_vectors_for_one_text_too()
    {
        var answer = await _dense.PostAsync("/embed", """{"inputs":"a dog runs"}""");
        var expected = SentenceTransformer.Load(TestServer.PromptsModel).Encode("a dog runs", new EncodeOptions { Normalize = true });
        Numbers(answer.Json[0]).ShouldBe(expected);
        answer.Json.GetArrayLength().ShouldBe(1);
        foreach (var header in (string[])["x-compute-type", "x-compute-time", "x-compute-characters", "x-compute-tokens", "x-total-time",
            "x-tokenization-time", "x-queue-time", "x-inference-time"])
        {
            answer.Headers.ShouldContainKey(header);
        }
    }

    [Fact]
    public async Task Embed_takes_prompts_and_leaves_vectors_as_they_are()
    {
        var model = SentenceTransformer.Load(TestServer.PromptsModel);
        var name = model.Config.Prompts.Keys.First();
        var body = JsonSerializer.Serialize(new { inputs = new[] { "a dog" }, prompt_name = name, normalize = false });
        var answer = await _dense.PostAsync("/embed", body);
        Numbers(answer.Json[0]).ShouldBe(model.Encode("a dog", new EncodeOptions { PromptName = name }));
    }

    [Fact]
    public async Task Embed_all_returns_the_vectors_of_all_tokens()
    {
        var answer = await _dense.PostAsync("/embed_all", """{"inputs":["a dog runs"]}""");
        var expected = SentenceTransformer.Load(TestServer.PromptsModel).EncodeTokens(["a dog runs"])[0];
        answer.Json[0].GetArrayLength().ShouldBe(expected.Rows);
        Numbers(answer.Json[0][1]).ShouldBe(expected.Row(1).ToArray());
    }

    [Fact]
    public async Task Embed_sparse_returns_the_elements_that_are_not_zero()
    {
        var answer = await _sparse.PostAsync("/embed_sparse", """{"inputs":["a dog runs"]}""");
        var expected = SparseEncoder.Load(TestServer.SparseModel).Encode("a dog runs");
        var elements = answer.Json[0].EnumerateArray().ToArray();
        elements.Select(element => element.GetProperty("index").GetInt32()).ShouldBe(expected.Indices.ToArray());
        elements.Select(element => element.GetProperty("value").GetSingle()).ShouldBe(expected.Values.ToArray());
    }

    [Fact]
    public async Task Rerank_returns_a_bare_array_best_first()
    {
        var body = JsonSerializer.Serialize(new { query = "dog", texts = Texts, return_text = true });
        var answer = await _cross.PostAsync("/rerank", body);
        var model = CrossEncoder.Load(TestServer.CrossModel);
        var expected = model.Rank("dog", Texts, options: new PredictOptions { Activation = Activation.Sigmoid });
        var ranks = answer.Json.EnumerateArray().ToArray();
        ranks.Select(rank => rank.GetProperty("index").GetInt32()).ShouldBe(expected.Select(rank => rank.Index));
        ranks.Select(rank => rank.GetProperty("score").GetSingle()).ShouldBe(expected.Select(rank => rank.Score));
        ranks[0].GetProperty("text").GetString().ShouldBe(expected[0].Text);
        var bare = await _cross.PostAsync("/rerank", JsonSerializer.Serialize(new { query = "dog", texts = Texts, raw_scores = true }));
        bare.Json[0].TryGetProperty("text", out _).ShouldBeFalse();
        bare.Json[0].GetProperty("score").GetSingle().ShouldBe(
            model.Rank("dog", Texts, options: new PredictOptions { Activation = Activation.Identity })[0].Score);
    }

    [Fact]
    public async Task Similarity_compares_sentences_with_a_source_sentence()
    {
        var body = """{"inputs":{"source_sentence":"a dog runs","sentences":["a dog runs","the cat sleeps"]}}""";
        var scores = Numbers((await _dense.PostAsync("/similarity", body)).Json);
        scores[0].ShouldBe(1, 1e-5f);
        scores[1].ShouldBeLessThan(1);
        (await _dense.PostAsync("/", body)).Body.ShouldBe((await _dense.PostAsync("/similarity", body)).Body);
    }

    [Fact]
    public async Task Predict_returns_all_labels_of_one_input_or_of_a_batch()
    {
        var one = (await _classifier.PostAsync("/predict", """{"inputs":["a dog runs","an animal moves"]}""")).Json;
        var many = (await _classifier.PostAsync("/predict", """{"inputs":[["a dog runs","an animal moves"],["a text"]]}""")).Json;
        one.EnumerateArray().Sum(label => label.GetProperty("score").GetSingle()).ShouldBe(1, 1e-5f);
        one.EnumerateArray().Select(label => label.GetProperty("score").GetSingle()).ShouldBeInOrder(SortDirection.Descending);
        many[0].GetRawText().ShouldBe(one.GetRawText());
        many[1].GetArrayLength().ShouldBe(one.GetArrayLength());
        var labels = CrossEncoder.Load(TestServer.ClassifierModel).Labels;
        one.EnumerateArray().Select(label => label.GetProperty("label").GetString()).ShouldBe(labels, ignoreOrder: true);
    }

    [Fact]
    public async Task Tokenize_gives_offsets_in_bytes_and_decode_gives_the_text_back()
    {
        var tokens = (await _dense.PostAsync("/tokenize", """{"inputs":"the dog"}""")).Json[0].EnumerateArray().ToArray();
        tokens[0].GetProperty("special").GetBoolean().ShouldBeTrue();
        tokens[0].GetProperty("start").ValueKind.ShouldBe(JsonValueKind.Null);
        tokens[1].GetProperty("start").GetInt32().ShouldBe(0);
        var text = tokens.Where(token => !token.GetProperty("special").GetBoolean())
            .Select(token => "the dog"[token.GetProperty("start").GetInt32()..token.GetProperty("stop").GetInt32()]);
        text.ShouldBe(tokens.Where(token => !token.GetProperty("special").GetBoolean()).Select(token => token.GetProperty("text").GetString()));
        var ids = tokens.Select(token => token.GetProperty("id").GetInt32());
        (await _dense.PostAsync("/decode", JsonSerializer.Serialize(new { ids }))).Json[0].GetString().ShouldBe("the dog");
    }

    [Fact]
    public async Task Info_describes_the_model()
    {
        var info = (await _dense.GetAsync("/info")).Json;
        info.EnumerateObject().Select(member => member.Name).ShouldBe(
        [
            "model_id", "model_sha", "model_dtype", "served_model_name", "model_type", "max_concurrent_requests", "max_input_length",
            "max_batch_tokens", "max_batch_requests", "max_client_batch_size", "auto_truncate", "tokenization_workers", "version", "sha",
            "docker_label",
        ]);
        info.GetProperty("model_type").GetProperty("embedding").TryGetProperty("pooling", out _).ShouldBeTrue();
        (await _cross.GetAsync("/info")).Json.GetProperty("model_type").TryGetProperty("reranker", out _).ShouldBeTrue();
        var classifier = (await _classifier.GetAsync("/info")).Json.GetProperty("model_type").GetProperty("classifier");
        classifier.GetProperty("id2label").GetProperty("0").GetString().ShouldBe(CrossEncoder.Load(TestServer.ClassifierModel).Labels[0]);
    }

    [Fact]
    public async Task The_root_and_vertex_do_what_the_model_is_for()
    {
        var embedded = await _dense.PostAsync("/embed", """{"inputs":"a dog"}""");
        (await _dense.PostAsync("/", """{"inputs":"a dog"}""")).Body.ShouldBe(embedded.Body);
        (await _dense.PostAsync("/invocations", """{"inputs":"a dog"}""")).Body.ShouldBe(embedded.Body);
        (await _sparse.PostAsync("/", """{"inputs":"a dog"}""")).Json[0][0].TryGetProperty("index", out _).ShouldBeTrue();
        (await _classifier.PostAsync("/", """{"inputs":"a dog"}""")).Json[0].TryGetProperty("label", out _).ShouldBeTrue();
        var vertex = await _dense.PostAsync("/vertex", """{"instances":[{"inputs":"a dog"},{"inputs":["a cat"]}]}""");
        vertex.Json.GetProperty("predictions").GetArrayLength().ShouldBe(2);
        vertex.Json.GetProperty("predictions")[0].GetRawText().ShouldBe(embedded.Body);
    }

    [Theory]
    [InlineData("/embed", """{"inputs":[]}""", 400, "`inputs` cannot be empty", "Empty")]
    [InlineData("/embed", """{"inputs":""}""", 400, "`inputs` cannot be empty", "Empty")]
    [InlineData("/similarity", """{"inputs":{"source_sentence":"a","sentences":[]}}""", 400, "`inputs.sentences` cannot be empty", "Empty")]
    [InlineData("/decode", """{"ids":[]}""", 400, "`ids` cannot be empty", "Empty")]
    [InlineData("/embed", """{"inputs":"a","dimensions":0}""", 422, "`dimensions` is 0", "Validation")]
    [InlineData("/embed", """{"inputs":"a","dimensions":9999}""", 422, "`dimensions` is 9999", "Validation")]
    [InlineData("/embed", """{"inputs":"a","prompt_name":"none"}""", 422, "`prompt_name` is 'none'", "Validation")]
    [InlineData("/embed_sparse", """{"inputs":"a"}""", 424, "model is not an embedding model with SPLADE pooling", "Backend")]
    [InlineData("/predict", """{"inputs":"a"}""", 424, "model is not a classifier model", "Backend")]
    public async Task An_error_has_the_status_and_the_type_of_the_protocol(string path, string body, int status, string message, string type)
    {
        var answer = await _dense.PostAsync(path, body);
        answer.Status.ShouldBe(status, answer.Body);
        answer.Json.EnumerateObject().Select(member => member.Name).ShouldBe(["error", "error_type"]);
        answer.Json.GetProperty("error").GetString()!.ShouldStartWith(message);
        answer.Json.GetProperty("error_type").GetString().ShouldBe(type);
    }

    [Fact]
    public async Task Too_many_and_too_long_texts_are_errors_of_validation()
    {
        var many = await _dense.PostAsync("/embed", JsonSerializer.Serialize(new { inputs = Enumerable.Repeat("a", 101) }));
        many.Status.ShouldBe(422);
        many.Json.GetProperty("error").GetString().ShouldBe("batch size 101 > maximum allowed batch size 100");
        var body = new { inputs = string.Join(' ', Enumerable.Repeat("dog", 600)), truncate = false };
        var tooLong = await _dense.PostAsync("/embed", JsonSerializer.Serialize(body));
        tooLong.Status.ShouldBe(422, tooLong.Body);
        tooLong.Json.GetProperty("error").GetString()!.ShouldMatch(@"^`inputs` must have less than \d+ tokens\. Given: \d+$");
        var empty = await _cross.PostAsync("/rerank", """{"query":"a","texts":[]}""");
        (empty.Status, empty.Json.GetProperty("error").GetString()).ShouldBe((400, "`texts` cannot be empty"));
        (await _sparse.PostAsync("/rerank", """{"query":"a","texts":["a"]}""")).Status.ShouldBe(424);
    }

    [Theory]
    [InlineData("""{"inputs":""", "application/json", 400)]
    [InlineData("""{"inputs":{"a":1},"normalize":true}""", "application/json", 422)]
    [InlineData("""{"inputs":"a","normalize":"yes"}""", "application/json", 422)]
    [InlineData("""{"inputs":"a"}""", "text/plain", 415)]
    public async Task A_body_that_cannot_be_read_is_an_error_as_text(string body, string type, int status)
    {
        var answer = await _dense.SendAsync(HttpMethod.Post, "/embed", System.Text.Encoding.UTF8.GetBytes(body), type);
        answer.Status.ShouldBe(status, answer.Body);
        answer.Headers["content-type"].ShouldStartWith("text/plain");
    }

    private static float[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];
}
