using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Server;

namespace Semblance.Postgres.Tests.Collections;

/// <summary>The collections of a server in PostgreSQL, by the routes that folders have too.</summary>
[Collection(PostgresTests.Name)]
public sealed class CollectionTests(PostgresServer postgres) : IAsyncLifetime
{
    private const string Documents = """
        {"documents":[
          {"id":"dog","text":"a dog runs in the park","metadata":{"animal":"yes","language":"en"}},
          {"id":"cat","text":"the cat sleeps on the sofa","metadata":{"animal":"yes","language":"en"}},
          {"id":3,"text":"stock prices fell by 42 points","metadata":{"animal":"no","language":"en"}},
          {"id":"狗","text":"一只狗在公园里跑","metadata":{"animal":"yes","language":"zh"}}]}
        """;

    private readonly string _name = $"texts-{Guid.NewGuid():N}"[..20];
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        if (postgres.Source is not null)
        {
            (_app, _client) = await StartAsync(postgres.Source);
            (await _client.PutAsync($"/v1/collections/{_name}", Body("{}"))).StatusCode.ShouldBe(HttpStatusCode.Created);
            (await _client.PostAsync($"/v1/collections/{_name}/documents", Body(Documents))).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _client.DeleteAsync($"/v1/collections/{_name}");
            await _app.StopAsync();
            await _app.DisposeAsync();
            _client.Dispose();
        }
    }

    [PostgresTheory]
    [InlineData("""{"query":"Where is the dog?"}""", "dog,狗")]
    [InlineData("""{"query":"Where is the dog?","top_k":1}""", "dog")]
    [InlineData("""{"query":"Where is the dog?","filter":{"language":"zh"}}""", "狗")]
    [InlineData("""{"query":"Where is the dog?","filter":{"$not":{"$ids":["dog","狗"]},"animal":"yes"}}""", "cat")]
    [InlineData("""{"query":"Where is the dog?","filter":{"$or":[{"language":"zh"},{"$ids":[3]}]},"top_k":2}""", "狗,3")]
    [InlineData("""{"query":"42 points","hybrid":true,"top_k":1}""", "3")]
    [InlineData("""{"query":"Where is the dog?","hybrid":true,"rerank":true,"top_k":1}""", "dog")]
    public async Task A_search_finds_documents_by_meaning_words_and_labels(string search, string first)
    {
        var answer = await JsonAsync(await _client.PostAsync($"/v1/collections/{_name}/search", Body(search)));
        var expected = first.Split(',');
        answer.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("id").ToString()).Take(expected.Length)
            .ShouldBe(expected);
    }

    [PostgresFact]
    public async Task Another_server_sees_each_change_at_once()
    {
        var (app, other) = await StartAsync(postgres.Source);
        await using (app)
        {
            using (other)
            {
                (await JsonAsync(await other.GetAsync("/v1/collections"))).GetProperty("collections").EnumerateArray()
                    .Select(name => name.GetString()).ShouldContain(_name);
                (await other.PutAsync($"/v1/collections/{_name}", Body("{}"))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
                await other.PostAsync(
                    $"/v1/collections/{_name}/documents", Body("""{"documents":[{"id":"dog","text":"the weather is fine"}]}"""));
                (await JsonAsync(await _client.GetAsync($"/v1/collections/{_name}/documents/dog"))).GetProperty("text").GetString()
                    .ShouldBe("the weather is fine");
                var deleted = await other.PostAsync($"/v1/collections/{_name}/documents/delete", Body("""{"ids":["cat","none"]}"""));
                (await JsonAsync(deleted)).GetProperty("count").GetInt32().ShouldBe(1);
                (await JsonAsync(await _client.GetAsync($"/v1/collections/{_name}"))).GetProperty("count").GetInt32().ShouldBe(3);
                (await other.DeleteAsync($"/v1/collections/{_name}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
                (await _client.GetAsync($"/v1/collections/{_name}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            }
        }
    }

    [PostgresFact]
    public async Task A_collection_of_passages_shows_each_document_once()
    {
        var name = $"{_name}-long";
        await _client.PutAsync($"/v1/collections/{name}", Body("""{"truncation":"chunk","chunk_size":16}"""));
        var text = string.Concat(Enumerable.Repeat("The weather is fine today and nobody complains. ", 20)) + "The dog is hidden in the garden.";
        var documents = JsonSerializer.Serialize(new { documents = new[] { new { id = "long", text }, new { id = "short", text = "Prices fell." } } });
        (await _client.PostAsync($"/v1/collections/{name}/documents", Body(documents))).StatusCode.ShouldBe(HttpStatusCode.OK);
        var found = (await JsonAsync(await _client.PostAsync($"/v1/collections/{name}/search", Body("""{"query":"Where is the dog?"}"""))))
            .GetProperty("results");
        found.EnumerateArray().Select(result => result.GetProperty("id").GetString()).ShouldBe(["long", "short"]);
        found[0].GetProperty("text").GetString()!.ShouldContain("dog");
        (await _client.DeleteAsync($"/v1/collections/{name}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [PostgresTheory]
    [InlineData("a-name-of-more-than-forty-eight-letters-which-is-too-long-here", "{}", "at most 48 bytes")]
    [InlineData("int8", """{"precision":"int8"}""", "float32 and binary")]
    public async Task What_a_table_does_not_support_is_an_error_of_the_client(string name, string body, string message)
    {
        var answer = await _client.PutAsync($"/v1/collections/{name}", Body(body));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(message);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_503()
    {
        await using var closed = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=none;Password=none;Timeout=1");
        var (app, client) = await StartAsync(closed);
        await using (app)
        {
            using (client)
            {
                var answer = await client.GetAsync("/v1/collections");
                answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
                (await answer.Content.ReadAsStringAsync()).ShouldNotContain("127.0.0.1");
            }
        }
    }

    [Theory]
    [InlineData("postgres://me:p%40ss@db.example:6432/shop?sslmode=verify-full&application_name=search", "db.example", 6432, "shop", "me")]
    [InlineData("postgresql://db.example/shop", "db.example", 5432, "shop", null)]
    [InlineData("Host=db.example;Database=shop;Username=me", "db.example", 5432, "shop", "me")]
    public void A_connection_is_a_string_or_a_url(string text, string host, int port, string database, string? user)
    {
        PostgresConnection.Is(text).ShouldBeTrue();
        using var source = PostgresConnection.Source("--collections", text);
        var connection = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        (connection.Host, connection.Port, connection.Database, connection.Username).ShouldBe((host, port, database, user));
    }

    [Theory]
    [InlineData("postgres://")]
    [InlineData("postgres://db.example/shop?sslmode=perhaps")]
    [InlineData("postgres://db.example/shop?secret=1")]
    public void A_wrong_url_is_an_error_without_its_password(string text) =>
        Should.Throw<InputException>(() => PostgresConnection.Source("--collections", text)).Message.ShouldContain("postgres://USER");

    [Fact]
    public void A_folder_is_not_a_connection() => PostgresConnection.Is("data/collections").ShouldBeFalse();

    private static async Task<(WebApplication App, HttpClient Client)> StartAsync(NpgsqlDataSource source)
    {
        var app = SemblanceServer.Create(
            new ServerOptions { CollectionsDatabase = source }, "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None");
        await app.StartAsync();
        return (app, new HttpClient { BaseAddress = new Uri(app.Urls.First()) });
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(body);
        return JsonElement.Parse(body);
    }
}
