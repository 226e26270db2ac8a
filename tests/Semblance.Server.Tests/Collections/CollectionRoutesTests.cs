using System.Text.Json;

namespace Semblance.Server.Tests.Collections;

/// <summary>The routes of collections.</summary>
public sealed class CollectionRoutesTests : IAsyncLifetime
{
    private const string Documents = """
        {"documents":[
          {"id":"dog","text":"a dog runs in the park","metadata":{"animal":"yes","language":"en"}},
          {"id":"cat","text":"the cat sleeps on the sofa","metadata":{"animal":"yes","language":"en"}},
          {"id":3,"text":"stock prices fell by 42 points","metadata":{"animal":"no","language":"en"}},
          {"id":"狗","text":"一只狗在公园里跑","metadata":{"animal":"yes","language":"zh"}}]}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("semblance-collections-").FullName;

    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await StartAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_collection_is_created_listed_described_and_deleted()
    {
        var created = await _server.SendAsync(HttpMethod.Put, "/v1/collections/texts", "{}"u8.ToArray());
        created.Status.ShouldBe(201, created.Body);
        created.Json.GetProperty("model").GetString().ShouldBe("default");
        (await _server.SendAsync(HttpMethod.Put, "/v1/collections/texts", "{}"u8.ToArray())).Status.ShouldBe(409);
        (await _server.GetAsync("/v1/collections")).Body.ShouldBe("""{"collections":["texts"]}""");
        (await _server.GetAsync("/v1/collections/texts")).Json.GetProperty("count").GetInt32().ShouldBe(0);
        (await _server.SendAsync(HttpMethod.Delete, "/v1/collections/texts")).Status.ShouldBe(204);
        (await _server.GetAsync("/v1/collections/texts")).Status.ShouldBe(404);
        (await _server.SendAsync(HttpMethod.Delete, "/v1/collections/texts")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("""{"query":"Where is the dog?"}""", "dog,狗")]
    [InlineData("""{"query":"Where is the dog?","top_k":1}""", "dog")]
    [InlineData("""{"query":"Where is the dog?","filter":{"language":"zh"}}""", "狗")]
    [InlineData("""{"query":"Where is the dog?","filter":{"animal":"no"}}""", "3")]
    [InlineData("""{"query":"Where is the dog?","filter":{"$not":{"$ids":["dog","狗"]},"animal":"yes"}}""", "cat")]
    [InlineData("""{"query":"Where is the dog?","filter":{"$or":[{"language":"zh"},{"$ids":[3]}]},"top_k":2}""", "狗,3")]
    [InlineData("""{"query":"Where is the dog?","filter":{"language":["zh","fr"]}}""", "狗")]
    [InlineData("""{"query":"42 points","hybrid":true,"top_k":1}""", "3")]
    [InlineData("""{"query":"42 points","hybrid":true,"filter":{"animal":"yes"},"top_k":3}""", null)]
    [InlineData("""{"query":"Where is the dog?","rerank":true,"top_k":1}""", "dog")]
    [InlineData("""{"query":"Where is the dog?","hybrid":true,"rerank":true,"top_k":1}""", "dog")]
    [InlineData("""{"query":"Where is the dog?","rerank_model":"cross","top_k":4}""", null)]
    public async Task A_search_finds_documents_by_meaning_words_and_labels(string search, string? first)
    {
        await FillAsync();
        var answer = await _server.PostAsync("/v1/collections/texts/search", search);
        answer.Status.ShouldBe(200, answer.Body);
        var results = answer.Json.GetProperty("results").EnumerateArray().ToArray();
        results.ShouldNotBeEmpty();
        results.Select(result => result.GetProperty("score").GetSingle()).ShouldBeInOrder(SortDirection.Descending);
        if (search.Contains("\"animal\":\"yes\"", StringComparison.Ordinal))
        {
            results.ShouldAllBe(result => result.GetProperty("metadata").GetProperty("animal").GetString() == "yes");
        }

        if (first is not null)
        {
            var expected = first.Split(',');
            results.Take(expected.Length).Select(result => result.GetProperty("id").ToString()).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task Documents_are_replaced_read_and_deleted()
    {
        await FillAsync();
        var replaced = await _server.PostAsync(
            "/v1/collections/texts/documents", """{"documents":[{"id":"dog","text":"the weather is fine"}]}""");
        replaced.Json.GetProperty("count").GetInt32().ShouldBe(1);
        replaced.Json.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBeGreaterThan(2);
        (await _server.GetAsync("/v1/collections/texts/documents/dog")).Json.GetProperty("text").GetString().ShouldBe("the weather is fine");
        (await _server.GetAsync("/v1/collections/texts/documents/3")).Json.GetProperty("id").GetInt64().ShouldBe(3);
        (await _server.GetAsync("/v1/collections/texts/documents/none")).Status.ShouldBe(404);
        var hybrid = await _server.PostAsync("/v1/collections/texts/search", """{"query":"park","hybrid":true,"top_k":4}""");
        hybrid.Json.GetProperty("results").EnumerateArray().ShouldAllBe(
            result => result.GetProperty("text").GetString() != "a dog runs in the park");
        var deleted = await _server.PostAsync("/v1/collections/texts/documents/delete", """{"ids":["dog",3,"none"]}""");
        deleted.Json.GetProperty("count").GetInt32().ShouldBe(2);
        (await _server.GetAsync("/v1/collections/texts")).Json.GetProperty("count").GetInt32().ShouldBe(2);
        var after = await _server.PostAsync("/v1/collections/texts/search", """{"query":"42 points","hybrid":true}""");
        after.Json.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("id").ToString())
            .ShouldBe(["cat", "狗"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_collection_is_there_after_the_server_has_started_again()
    {
        await FillAsync();
        var before = await _server.PostAsync("/v1/collections/texts/search", """{"query":"dog","hybrid":true}""");
        await _server.DisposeAsync();
        _server = await StartAsync();
        (await _server.PostAsync("/v1/collections/texts/search", """{"query":"dog","hybrid":true}""")).Body.ShouldBe(before.Body);
    }

    [Fact]
    public async Task A_collection_of_passages_returns_the_best_one_with_its_place()
    {
        await _server.SendAsync(
            HttpMethod.Put, "/v1/collections/long", """{"truncation":"chunk","chunk_size":16}"""u8.ToArray());
        var text = string.Join(' ', Enumerable.Repeat("The stock prices fell.", 20)) + " A dog runs in the park.";
        var written = await _server.PostAsync(
            "/v1/collections/long/documents", JsonSerializer.Serialize(new { documents = new[] { new { id = 1, text } } }));
        written.Json.GetProperty("count").GetInt32().ShouldBe(1);
        (await _server.GetAsync("/v1/collections/long")).Json.GetProperty("count").GetInt32().ShouldBeGreaterThan(5);
        var result = (await _server.PostAsync("/v1/collections/long/search", """{"query":"Where is the dog?"}""")).Json.GetProperty("results")[0];
        var (start, end) = (result.GetProperty("start").GetInt32(), result.GetProperty("end").GetInt32());
        text[start..end].ShouldBe(result.GetProperty("text").GetString());
        text[start..end].ShouldContain("dog");
        (await _server.PostAsync("/v1/collections/long/search", """{"query":"dog","hybrid":true}""")).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("PUT", "/v1/collections/a%2Fb", "{}", 400)]
    [InlineData("PUT", "/v1/collections/..", "{}", 404)]
    [InlineData("PUT", "/v1/collections/new", """{"model":"none"}""", 404)]
    [InlineData("PUT", "/v1/collections/new", """{"model":"cross"}""", 400)]
    [InlineData("PUT", "/v1/collections/new", """{"truncation":"some"}""", 400)]
    [InlineData("POST", "/v1/collections/none/search", """{"query":"a"}""", 404)]
    [InlineData("POST", "/v1/collections/texts/search", """{"query":"a","top_k":0}""", 400)]
    [InlineData("POST", "/v1/collections/texts/search", """{"query":"a","filter":[1]}""", 400)]
    [InlineData("POST", "/v1/collections/texts/search", """{"query":"a","filter":{"$some":1}}""", 400)]
    [InlineData("POST", "/v1/collections/texts/search", """{"query":"a","filter":{"x":1}}""", 400)]
    [InlineData("POST", "/v1/collections/texts/search", """{"top_k":1}""", 400)]
    [InlineData("POST", "/v1/collections/texts/documents", """{"documents":[{"id":1.5,"text":"a"}]}""", 400)]
    [InlineData("POST", "/v1/collections/texts/documents", """{"documents":[{"id":1}]}""", 400)]
    [InlineData("POST", "/v1/collections/texts/documents", """{"documents":[{"id":1,"text":"a"},{"id":1,"text":"b"}]}""", 400)]
    [InlineData("POST", "/v1/collections/texts/documents", """{"documents":[]}""", 400)]
    public async Task A_wrong_request_is_an_error(string method, string path, string body, int status)
    {
        await FillAsync();
        var answer = await _server.SendAsync(HttpMethod.Parse(method), path, System.Text.Encoding.UTF8.GetBytes(body));
        answer.Status.ShouldBe(status, answer.Body);
        answer.Json.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Without_a_folder_there_are_no_collections()
    {
        await using var server = await TestServer.StartAsync("default");
        (await server.GetAsync("/v1/collections")).Status.ShouldBe(404);
    }

    private Task<TestServer> StartAsync() => TestServer.StartAsync(new ServerOptions
    {
        Models = [ServedModel.Default, new ServedModel("cross", TestServer.CrossModel)],
        CollectionsFolder = _folder,
    });

    private async Task FillAsync()
    {
        await _server.SendAsync(HttpMethod.Put, "/v1/collections/texts", "{}"u8.ToArray());
        (await _server.PostAsync("/v1/collections/texts/documents", Documents)).Status.ShouldBe(200);
    }
}
