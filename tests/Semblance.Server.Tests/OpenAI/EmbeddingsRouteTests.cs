using System.Text.Json;

namespace Semblance.Server.Tests.OpenAI;

/// <summary><c>/v1/embeddings</c>.</summary>
public sealed class EmbeddingsRouteTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync($"dense={TestServer.DenseModel}");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_answer_has_the_members_of_the_protocol()
    {
        var answer = await _server.PostAsync("/v1/embeddings", """{"input":["a dog runs","a cat"],"model":"dense","user":"me"}""");
        answer.Status.ShouldBe(200);
        var json = answer.Json;
        json.EnumerateObject().Select(member => member.Name).ShouldBe(["object", "data", "model", "usage"]);
        json.GetProperty("object").GetString().ShouldBe("list");
        json.GetProperty("model").GetString().ShouldBe("dense");
        json.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("index").GetInt32()).ShouldBe([0, 1]);
        json.GetProperty("data")[0].GetProperty("object").GetString().ShouldBe("embedding");
        var tokens = json.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
        tokens.ShouldBe(SentenceTransformer.Load(TestServer.DenseModel).Encode(["a dog runs", "a cat"]).TokenCounts.Sum());
        json.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(tokens);
        answer.Headers["x-compute-tokens"].ShouldBe($"{tokens}");
        answer.Headers.ShouldContainKey("x-request-id");
    }

    [Fact]
    public async Task The_vectors_have_the_bits_of_the_offline_encoder_whatever_runs_beside_them()
    {
        var texts = Enumerable.Range(0, 200).Select(i => string.Join(' ', Enumerable.Repeat($"word{i} dog", (i % 17) + 1))).ToArray();
        var expected = SentenceTransformer.Load(TestServer.DenseModel).Encode(texts);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async client =>
        {
            var mine = texts.Skip(client * 5).Take(5).ToArray();
            var answer = await _server.PostAsync("/v1/embeddings", JsonSerializer.Serialize(new { input = mine, encoding_format = "base64" }));
            for (var i = 0; i < mine.Length; i++)
            {
                Decode(answer.Json.GetProperty("data")[i]).ShouldBe(expected[(client * 5) + i].ToArray());
            }
        }));
    }

    [Fact]
    public async Task Base64_and_numbers_are_the_same_vector()
    {
        var numbers = await _server.PostAsync("/v1/embeddings", """{"input":"a dog runs","encoding_format":"float"}""");
        var base64 = await _server.PostAsync("/v1/embeddings", """{"input":"a dog runs","encoding_format":"base64"}""");
        Decode(base64.Json.GetProperty("data")[0]).ShouldBe(
            numbers.Json.GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()));
    }

    [Fact]
    public async Task Dimensions_cut_and_normalize_the_vector()
    {
        var answer = await _server.PostAsync("/v1/embeddings", """{"input":"a dog runs","dimensions":8}""");
        var vector = answer.Json.GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ToArray();
        vector.ShouldBe(SentenceTransformer.Load(TestServer.DenseModel).Encode(
            "a dog runs", new EncodeOptions { Dimensions = 8, Normalize = true }));
    }

    [Fact]
    public async Task Token_ids_are_those_of_a_text()
    {
        var model = SentenceTransformer.Load(TestServer.DenseModel);
        var ids = model.Tokenizer.Encode("a dog runs", null, new Tokenizers.TokenizerOptions { AddSpecialTokens = false }).Ids.ToArray();
        var one = await _server.PostAsync("/v1/embeddings", JsonSerializer.Serialize(new { input = ids, encoding_format = "base64" }));
        var list = await _server.PostAsync("/v1/embeddings", JsonSerializer.Serialize(new { input = new[] { ids }, encoding_format = "base64" }));
        Decode(one.Json.GetProperty("data")[0]).ShouldBe(model.Encode("a dog runs"));
        Decode(list.Json.GetProperty("data")[0]).ShouldBe(model.Encode("a dog runs"));
    }

    [Fact]
    public async Task A_truncated_text_is_reported_in_a_field_and_a_header()
    {
        var longText = string.Join(' ', Enumerable.Repeat("dog", 2000));
        var answer = await _server.PostAsync("/v1/embeddings", JsonSerializer.Serialize(new { input = new[] { "short", longText } }));
        answer.Status.ShouldBe(200);
        answer.Json.GetProperty("truncated").EnumerateArray().Select(index => index.GetInt32()).ShouldBe([1]);
        answer.Headers["x-truncated-inputs"].ShouldBe("1");
        var refused = await _server.PostAsync("/v1/embeddings", JsonSerializer.Serialize(new { input = longText, truncate = false }));
        refused.Status.ShouldBe(400);
        refused.Json.GetProperty("error").GetProperty("code").GetString().ShouldBe("context_length_exceeded");
    }

    [Theory]
    [InlineData("""{"input":["a"],"model":"other"}""", 404, "model_not_found", "model")]
    [InlineData("""{"input":[],"model":"dense"}""", 400, null, "input")]
    [InlineData("""{"input":"","model":"dense"}""", 400, null, "input")]
    [InlineData("""{"model":"dense"}""", 400, null, "input")]
    [InlineData("""{"input":"a","encoding_format":"hex"}""", 400, null, "encoding_format")]
    [InlineData("""{"input":"a","dimensions":0}""", 400, null, "dimensions")]
    [InlineData("""{"input":"a","dimensions":100000}""", 400, null, "dimensions")]
    [InlineData("""{"input":[99999999]}""", 400, null, null)]
    [InlineData("""{"input":[-1]}""", 400, null, "input")]
    [InlineData("""{"input":true}""", 400, null, "input")]
    [InlineData("""{"input":["a",1]}""", 400, null, "input")]
    [InlineData("""{"input":"a","dimensions":"many"}""", 400, null, "dimensions")]
    [InlineData("""{"input":"\ud800"}""", 400, null, "input")]
    [InlineData("""{"input":["a"]""", 400, null, null)]
    [InlineData("""[]""", 400, null, null)]
    [InlineData("""null""", 400, null, null)]
    [InlineData("", 400, null, null)]
    public async Task A_wrong_request_is_an_error_of_the_protocol(string body, int status, string? code, string? parameter)
    {
        var answer = await _server.PostAsync("/v1/embeddings", body);
        answer.Status.ShouldBe(status, answer.Body);
        var error = answer.Json.GetProperty("error");
        error.EnumerateObject().Select(member => member.Name).ShouldBe(["message", "type", "param", "code"]);
        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
        error.GetProperty("code").GetString().ShouldBe(code);
        error.GetProperty("param").GetString().ShouldBe(parameter);
        error.GetProperty("message").GetString()!.ShouldNotContain("System.");
    }

    [Fact]
    public async Task Invalid_utf8_is_an_error()
    {
        byte[] body = [.. """{"input":" """u8, 0xC3, 0x28, .. "\"}"u8];
        (await _server.SendAsync(HttpMethod.Post, "/v1/embeddings", body)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Ten_thousand_texts_are_one_request()
    {
        var body = JsonSerializer.Serialize(new { input = Enumerable.Range(0, 10_000).Select(i => $"text {i}"), dimensions = 2 });
        var answer = await _server.PostAsync("/v1/embeddings", body);
        answer.Status.ShouldBe(200);
        answer.Json.GetProperty("data").GetArrayLength().ShouldBe(10_000);
    }

    [Fact]
    public async Task The_models_are_listed_and_described()
    {
        var list = await _server.GetAsync("/v1/models");
        var item = list.Json.GetProperty("data")[0];
        item.EnumerateObject().Select(member => member.Name).ShouldBe(["id", "object", "created", "owned_by"]);
        item.GetProperty("id").GetString().ShouldBe("dense");
        (await _server.GetAsync("/v1/models/dense")).Body.ShouldBe(item.GetRawText());
        (await _server.GetAsync("/v1/models/a/b")).Status.ShouldBe(404);
    }

    private static float[] Decode(JsonElement item)
    {
        var bytes = Convert.FromBase64String(item.GetProperty("embedding").GetString()!);
        return [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BitConverter.ToSingle(bytes, i * 4))];
    }
}
