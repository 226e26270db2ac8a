using System.Text.Json;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Server.Tests.Ollama;

/// <summary>The routes of Ollama.</summary>
public sealed class OllamaRoutesTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() =>
        _server = await TestServer.StartAsync($"all-minilm={TestServer.PromptsModel}", $"cross={TestServer.CrossModel}");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("all-minilm")]
    [InlineData("all-minilm:latest")]
    public async Task Embed_returns_vectors_of_length_one_and_counts(string model)
    {
        var answer = await _server.PostAsync("/api/embed", JsonSerializer.Serialize(new { model, input = new[] { "a dog", "a cat" } }));
        var json = answer.Json;
        json.EnumerateObject().Select(member => member.Name).ShouldBe(
            ["model", "embeddings", "total_duration", "load_duration", "prompt_eval_count"]);
        json.GetProperty("model").GetString().ShouldBe(model);
        json.GetProperty("embeddings").EnumerateArray().ShouldAllBe(vector => Math.Abs(TensorPrimitives.Norm<float>(Numbers(vector)) - 1) < 1e-5);
        json.GetProperty("prompt_eval_count").GetInt32().ShouldBeGreaterThan(3);
        json.GetProperty("total_duration").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_content_type_that_curl_sends_is_accepted()
    {
        var body = """{"model":"all-minilm","input":"a dog"}"""u8.ToArray();
        (await _server.SendAsync(HttpMethod.Post, "/api/embed", body, "application/x-www-form-urlencoded")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_older_route_returns_the_vector_as_the_model_computes_it()
    {
        var answer = await _server.PostAsync("/api/embeddings", """{"model":"all-minilm","prompt":"a dog"}""");
        Numbers(answer.Json.GetProperty("embedding")).ShouldBe(SentenceTransformer.Load(TestServer.PromptsModel).Encode("a dog"));
        var empty = await _server.PostAsync("/api/embeddings", """{"model":"all-minilm","prompt":""}""");
        empty.Json.GetProperty("embedding").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"model":"all-minilm"}""")]
    [InlineData("""{"model":"all-minilm","input":""}""")]
    [InlineData("""{"model":"all-minilm","input":[]}""")]
    public async Task No_text_gives_no_vectors(string body)
    {
        var answer = await _server.PostAsync("/api/embed", body);
        (answer.Status, answer.Json.GetProperty("embeddings").GetArrayLength()).ShouldBe((200, 0));
    }

    [Fact]
    public async Task Models_are_listed_and_shown()
    {
        var model = (await _server.GetAsync("/api/tags")).Json.GetProperty("models")[0];
        model.EnumerateObject().Select(member => member.Name).ShouldBe(
            ["name", "model", "modified_at", "size", "digest", "details", "capabilities"]);
        model.GetProperty("name").GetString().ShouldBe("all-minilm");
        model.GetProperty("capabilities")[0].GetString().ShouldBe("embedding");
        model.GetProperty("digest").GetString()!.Length.ShouldBe(64);
        var shown = (await _server.PostAsync("/api/show", """{"model":"all-minilm"}""")).Json;
        shown.GetProperty("model_info").GetProperty("general.parameter_count").GetInt64().ShouldBeGreaterThan(0);
        (await _server.GetAsync("/api/ps")).Json.GetProperty("models").EnumerateArray()
            .ShouldContain(loaded => loaded.GetProperty("name").GetString() == "all-minilm");
        var loaded = (await _server.GetAsync("/api/ps")).Json.GetProperty("models")[0];
        loaded.GetProperty("expires_at").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow);
        loaded.GetProperty("size_vram").GetInt64().ShouldBe(0);
        loaded.GetProperty("context_length").GetInt32().ShouldBe(SentenceTransformer.Load(TestServer.PromptsModel).MaxSequenceLength);
        (await _server.GetAsync("/api/version")).Json.GetProperty("version").GetString().ShouldNotBeNullOrEmpty();
        (await _server.SendAsync(HttpMethod.Head, "/api/version")).Status.ShouldBe(200);
        (await _server.GetAsync("/")).Body.ShouldBe("Ollama is running");
    }

    [Theory]
    [InlineData("/api/embed", """{"model":"none","input":"a"}""", 404)]
    [InlineData("/api/embed", """{"input":"a"}""", 400)]
    [InlineData("/api/embed", """{"model":"all-minilm","input":5}""", 400)]
    [InlineData("/api/embed", """{"model":"cross","input":"a"}""", 400)]
    [InlineData("/api/nothing", "{}", 404)]
    [InlineData("/api/tags", "{}", 405)]
    public async Task An_error_is_one_string(string path, string body, int status)
    {
        var answer = await _server.PostAsync(path, body);
        answer.Status.ShouldBe(status, answer.Body);
        answer.Json.EnumerateObject().ShouldHaveSingleItem().Value.GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_cut_or_refused()
    {
        var input = string.Join(' ', Enumerable.Repeat("dog", 900));
        var cut = await _server.PostAsync("/api/embed", JsonSerializer.Serialize(new { model = "all-minilm", input }));
        cut.Json.GetProperty("truncated")[0].GetInt32().ShouldBe(0);
        var refused = await _server.PostAsync("/api/embed", JsonSerializer.Serialize(new { model = "all-minilm", input, truncate = false }));
        (refused.Status, refused.Json.GetProperty("error").GetString()).ShouldBe((400, "the input length exceeds the context length"));
    }

    private static float[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetSingle())];
}
