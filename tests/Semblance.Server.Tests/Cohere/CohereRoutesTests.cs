using System.Text.Json;
using Semblance.Tensors;

namespace Semblance.Server.Tests.Cohere;

/// <summary>The routes of Cohere.</summary>
public sealed class CohereRoutesTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() =>
        _server = await TestServer.StartAsync($"dense={TestServer.DenseModel}", $"cross={TestServer.CrossModel}");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Embed_returns_the_forms_that_the_request_names()
    {
        var answer = await _server.PostAsync("/v2/embed", """
            {"model":"dense","input_type":"search_query","texts":["a dog runs"],
             "embedding_types":["float","int8","uint8","binary","ubinary","base64"],"output_dimension":16}
            """);
        var json = answer.Json;
        json.EnumerateObject().Select(member => member.Name).ShouldBe(["id", "response_type", "embeddings", "texts", "meta"]);
        json.GetProperty("response_type").GetString().ShouldBe("embeddings_by_type");
        var forms = json.GetProperty("embeddings");
        float[] vector = Numbers<float>(forms, "float", value => value.GetSingle());
        vector.ShouldBe(SentenceTransformer.Load(TestServer.DenseModel).Encode(
            "a dog runs", new EncodeOptions { Dimensions = 16, Normalize = true }));
        var int8 = Numbers(forms, "int8", value => value.GetInt32());
        int8.Max(Math.Abs).ShouldBe(127);
        Numbers(forms, "uint8", value => value.GetInt32()).ShouldBe(int8.Select(value => value + 128));
        var bits = Numbers(forms, "ubinary", value => value.GetInt32());
        bits.Length.ShouldBe(2);
        ((bits[0] & 128) != 0).ShouldBe(vector[0] > 0);
        ((bits[1] & 1) != 0).ShouldBe(vector[15] > 0);
        Numbers(forms, "binary", value => value.GetInt32()).ShouldBe(bits.Select(value => value - 128));
        BitConverter.ToSingle(Convert.FromBase64String(forms.GetProperty("base64")[0].GetString()!)).ShouldBe(vector[0]);
        json.GetProperty("meta").GetProperty("api_version").GetProperty("version").GetString().ShouldBe("2");
        json.GetProperty("meta").GetProperty("billed_units").GetProperty("input_tokens").GetInt32().ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task Only_the_asked_forms_are_present_and_float_is_the_default()
    {
        var byDefault = await _server.PostAsync("/v2/embed", """{"model":"dense","input_type":"clustering","texts":["a"]}""");
        byDefault.Json.GetProperty("embeddings").EnumerateObject().Select(form => form.Name).ShouldBe(["float"]);
        var inputs = await _server.PostAsync("/v2/embed", """
            {"model":"dense","input_type":"search_document","inputs":[{"content":[{"type":"text","text":"a"}]}],"embedding_types":["base64"]}
            """);
        inputs.Json.GetProperty("embeddings").EnumerateObject().Select(form => form.Name).ShouldBe(["base64"]);
        var old = await _server.PostAsync("/v1/embed", """{"model":"dense","input_type":"search_query","texts":["a"]}""");
        old.Json.GetProperty("response_type").GetString().ShouldBe("embeddings_floats");
        old.Json.GetProperty("embeddings")[0].GetArrayLength().ShouldBe(SentenceTransformer.Load(TestServer.DenseModel).Dimension);
    }

    [Fact]
    public async Task Rerank_returns_scores_best_first_without_documents()
    {
        var answer = await _server.PostAsync("/v2/rerank", """
            {"model":"cross","query":"dog","documents":["a dog runs",{"text":"the cat"},"stocks"],"top_n":2}
            """);
        var results = answer.Json.GetProperty("results").EnumerateArray().ToArray();
        var expected = CrossEncoder.Load(TestServer.CrossModel).Rank(
            "dog", ["a dog runs", "the cat", "stocks"], 2, new PredictOptions { Activation = Activation.Sigmoid });
        results.Select(result => result.GetProperty("index").GetInt32()).ShouldBe(expected.Select(rank => rank.Index));
        results.Select(result => result.GetProperty("relevance_score").GetSingle()).ShouldBe(expected.Select(rank => rank.Score));
        results[0].EnumerateObject().Count().ShouldBe(2);
        answer.Json.GetProperty("meta").GetProperty("billed_units").GetProperty("search_units").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("/v2/embed", """{"model":"dense","texts":[]}""", 400)]
    [InlineData("/v2/embed", """{"model":"dense","images":["data:"]}""", 400)]
    [InlineData("/v2/embed", """{"model":"dense","texts":["a"],"embedding_types":["int4"]}""", 400)]
    [InlineData("/v2/embed", """{"model":"dense","texts":["a"],"truncate":"START"}""", 400)]
    [InlineData("/v2/embed", """{"model":"none","texts":["a"]}""", 404)]
    [InlineData("/v2/rerank", """{"model":"cross","query":"a"}""", 400)]
    [InlineData("/v2/rerank", """{"model":"cross","query":"a","documents":[1]}""", 400)]
    public async Task An_error_is_a_message(string path, string body, int status)
    {
        var answer = await _server.PostAsync(path, body);
        answer.Status.ShouldBe(status, answer.Body);
        answer.Json.EnumerateObject().ShouldHaveSingleItem().Name.ShouldBe("message");
    }

    private static T[] Numbers<T>(JsonElement forms, string name, Func<JsonElement, T> read) =>
        [.. forms.GetProperty(name)[0].EnumerateArray().Select(read)];
}
