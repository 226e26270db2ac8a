using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Semblance.Server.Batching;
using Semblance.Server.Tests.Batching;

namespace Semblance.Server.Tests.Http;

/// <summary>What a server refuses, and how.</summary>
public class LimitTests
{
    private const string Body = """{"input":"a dog","model":"dense"}""";

    private static readonly ServerOptions Options = new() { Models = [new ServedModel("dense", TestServer.DenseModel)] };

    [Fact]
    public async Task Without_its_key_only_the_open_routes_answer()
    {
        await using var server = await TestServer.StartAsync(Options with { ApiKeys = ["first-key", "second-key"] });
        foreach (var open in (string[])["/", "/health", "/ping", "/metrics"])
        {
            (await server.GetAsync(open)).Status.ShouldBe(200, open);
        }

        var refused = await server.PostAsync("/v1/embeddings", Body);
        (refused.Status, refused.Json.GetProperty("error").GetProperty("code").GetString()).ShouldBe((401, "invalid_api_key"));
        var tei = await server.PostAsync("/embed", """{"inputs":"a"}""");
        (tei.Status, tei.Body).ShouldBe((401, ""));
        (await server.PostAsync("/v2/embed", """{"texts":["a"]}""")).Json.GetProperty("message").GetString().ShouldNotBeNull();
        (await server.PostAsync("/api/embed", """{"model":"dense"}""")).Json.GetProperty("error").GetString().ShouldNotBeNull();
        foreach (var (key, status) in ((string, int)[])[("Bearer first-key", 200), ("bearer second-key", 200), ("Bearer first-ke", 401),
            ("Bearer first-key2", 401), ("Basic first-key", 401), ("first-key", 401), ("Bearer ", 401)])
        {
            var answer = await server.SendAsync(
                HttpMethod.Post, "/v1/embeddings", Encoding.UTF8.GetBytes(Body), headers: ("Authorization", key));
            answer.Status.ShouldBe(status, key);
        }
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_in_the_shape_of_the_dialect()
    {
        await using var server = await TestServer.StartAsync(Options with { MaxBodySize = 10_000 });
        var body = JsonSerializer.Serialize(new { input = new string('a', 20_000) });
        var answer = await server.PostAsync("/v1/embeddings", body);
        (answer.Status, answer.Json.GetProperty("error").GetProperty("type").GetString()).ShouldBe((413, "invalid_request_error"));
        (await server.PostAsync("/embed", JsonSerializer.Serialize(new { inputs = new string('a', 20_000) }))).Status.ShouldBe(413);
    }

    [Fact]
    public async Task A_text_beyond_the_limit_is_refused()
    {
        await using var server = await TestServer.StartAsync(Options with { MaxTextLength = 100 });
        var answer = await server.PostAsync("/v1/embeddings", JsonSerializer.Serialize(new { input = new[] { "a", new string('a', 101) } }));
        answer.Status.ShouldBe(400);
        answer.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("index 1");
    }

    [Fact]
    public async Task A_full_queue_is_429_with_the_time_to_wait_on_every_route()
    {
        await using var server = await TestServer.StartAsync(Options with { MaxQueuedTokens = 100, MaxThreads = 1 });
        using (new BlockedBatcher(server.Get<Batcher>(), 100))
        {
            foreach (var (path, body) in ((string, string)[])[("/v1/embeddings", Body), ("/embed", """{"inputs":"a"}"""),
                ("/v2/embed", """{"texts":["a"]}"""), ("/api/embed", """{"model":"dense","input":"a"}""")])
            {
                var answer = await server.PostAsync(path, body);
                answer.Status.ShouldBe(429, path);
                int.Parse(answer.Headers["retry-after"], null).ShouldBeInRange(1, 60);
            }
        }

        (await server.PostAsync("/v1/embeddings", Body)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_request_beyond_its_deadline_is_504_and_leaves_the_queue()
    {
        await using var server = await TestServer.StartAsync(Options with { MaxThreads = 1, Deadline = TimeSpan.FromSeconds(1) });
        var batcher = server.Get<Batcher>();
        using var blocked = new BlockedBatcher(batcher, 10);
        var answer = await server.PostAsync("/v1/embeddings", Body);
        answer.Status.ShouldBe(504);
        batcher.WaitingRequests.ShouldBe(0);
    }

    [Fact]
    public async Task Pages_of_other_origins_may_call_only_if_the_options_say_so()
    {
        await using var closed = await TestServer.StartAsync(Options);
        await using var open = await TestServer.StartAsync(Options with { CorsOrigins = ["https://example.org"] });
        var header = ("Origin", "https://example.org");
        (await closed.SendAsync(HttpMethod.Get, "/health", headers: header)).Headers.ShouldNotContainKey("access-control-allow-origin");
        (await open.SendAsync(HttpMethod.Get, "/health", headers: header)).Headers["access-control-allow-origin"]
            .ShouldBe("https://example.org");
        (await open.SendAsync(HttpMethod.Get, "/health", headers: ("Origin", "https://example.com"))).Headers
            .ShouldNotContainKey("access-control-allow-origin");
    }

    [Fact]
    public async Task A_server_that_stops_answers_what_it_accepted()
    {
        var server = await TestServer.StartAsync(Options with { MaxThreads = 1 });
        var batcher = server.Get<Batcher>();
        var blocked = new BlockedBatcher(batcher, 10);
        var answers = Enumerable.Range(0, 20).Select(_ => server.PostAsync("/v1/embeddings", Body)).ToArray();
        SpinWait.SpinUntil(() => batcher.WaitingRequests == 20);
        var stopping = server.StopAsync();
        blocked.Dispose();
        (await Task.WhenAll(answers)).ShouldAllBe(answer => answer.Status == 200);
        await stopping;
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_request_with_two_lengths_is_refused()
    {
        await using var server = await TestServer.StartAsync(Options);
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Url.Host, server.Url.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(
            "POST /v1/embeddings HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"u8
                .ToArray());
        using var reader = new StreamReader(stream);
        (await reader.ReadLineAsync()).ShouldStartWith("HTTP/1.1 400");
    }
}
