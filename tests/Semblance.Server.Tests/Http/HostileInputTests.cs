using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Semblance.Server.Tests.Batching;

namespace Semblance.Server.Tests.Http;

/// <summary>What clients send that are broken, slow or hostile.</summary>
public class HostileInputTests
{
    private static readonly ServerOptions Options = new()
    {
        Models =
        [
            new ServedModel("dense", TestServer.DenseModel), new ServedModel("cross", TestServer.CrossModel),
            new ServedModel("sparse", TestServer.SparseModel),
        ],
    };

    [Fact]
    public async Task No_body_makes_a_route_fail()
    {
        var folder = Directory.CreateTempSubdirectory("semblance-hostile-");
        try
        {
            await using var server = await TestServer.StartAsync(Options with { CollectionsFolder = folder.FullName });
            byte[][] bodies =
            [
                [], .. ((string[])["{", "[]", "null", "5", "\"a\"", "{}", """{"inputs":{"a":1},"input":{},"texts":5,"query":[]}""",
                """{"model":["dense"],"input":[[[1]]],"documents":{"a":"b"},"text_1":7,"ids":"x","instances":[5]}""",
                """{"model":"dense","input":["a",null],"inputs":[null],"texts":[null],"query":null,"documents":[null],"ids":[null]}""",
                """{"input":"\ud800","inputs":"\ud800","query":"\ud800","texts":["\ud800"],"documents":["\ud800"],"model":"dense"}""",
                new string('[', 10_000), $"{{\"input\":{new string('[', 10_000)}", $"{{\"inputs\":{new string('[', 10_000)}"])
                    .Select(Encoding.UTF8.GetBytes),
                [0xff, 0xfe, 0x00], [.. "{\"input\":\""u8, 0xc3, 0x28, .. "\",\"inputs\":\"\"}"u8],
            ];
            string[] paths = [.. server.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Where(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("POST") == true)
                .Select(route => "/" + route.RoutePattern.RawText!.TrimStart('/').Replace("{name}", "notes", StringComparison.Ordinal))
                .Where(path => path != "/mcp").Distinct()];
            paths.Length.ShouldBeGreaterThan(25);
            foreach (var path in paths)
            {
                foreach (var body in bodies)
                {
                    var answer = await server.SendAsync(HttpMethod.Post, path, body);
                    answer.Status.ShouldBeInRange(200, 499, $"{path}: {Encoding.UTF8.GetString(body[..Math.Min(80, body.Length)])}");
                    answer.Body.ShouldNotContain("NaN");
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_body_of_a_hundred_megabytes_is_refused_before_it_is_sent()
    {
        await using var server = await TestServer.StartAsync(Options);
        foreach (var path in (string[])["/embed", "/v1/classify", "/v1/tag", "/v1/answer", "/tokenize", "/detokenize"])
        {
            (await StatusAsync(server, $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n"))
                .ShouldBe(413, path);
        }
    }

    [Fact]
    public async Task A_body_without_a_length_is_refused_where_it_exceeds_the_limit()
    {
        await using var server = await TestServer.StartAsync(Options with { MaxBodySize = 10_000 });
        var body = $"{{\"inputs\":\"{new string('a', 20_000)}\"}}";
        (await StatusAsync(
            server,
            string.Create(CultureInfo.InvariantCulture, $"POST /embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n")))
            .ShouldBe(413);
    }

    [Theory]
    [InlineData("Content-Length: 4\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 4")]
    [InlineData("Transfer-Encoding: xchunked")]
    [InlineData("Transfer-Encoding: chunked, identity")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 1e3")]
    [InlineData("Content-Length: 99999999999999999999")]
    public async Task A_request_whose_length_is_ambiguous_is_refused_and_what_follows_is_not_read(string lengths)
    {
        await using var server = await TestServer.StartAsync(Options);
        var answer = await RawAsync(
            server,
            $"POST /embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{lengths}\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 4");
        answer.Split("HTTP/1.1 ").Length.ShouldBe(2, answer);
    }

    [Fact]
    public async Task A_body_that_does_not_arrive_is_a_timeout_of_the_client()
    {
        await using var server = await TestServer.StartAsync(Options);
        string[] paths = ["/v1/embeddings", "/v1/classify", "/v1/tag", "/v1/answer", "/tokenize"];
        (await Task.WhenAll(paths.Select(path => StatusAsync(
            server, $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"))))
            .ShouldAllBe(status => status == 408);
    }

    [Fact]
    public async Task A_connection_that_was_accepted_is_answered_although_the_server_stops()
    {
        var server = await TestServer.StartAsync(Options with { MaxThreads = 1 });
        var blocked = new BlockedBatcher(server.Get<Server.Batching.Batcher>(), 10);
        var active = server.PostAsync("/embed", """{"inputs":"a"}""");
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Url.Host, server.Url.Port);
        using var reader = new StreamReader(socket.GetStream());
        await socket.GetStream().WriteAsync("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 200 OK");
        SpinWait.SpinUntil(() => server.Get<Server.Batching.Batcher>().WaitingRequests == 1);
        var stopping = server.StopAsync();
        SpinWait.SpinUntil(() => server.Get<Draining>().HasBegun);
        await socket.GetStream().WriteAsync("GET /health HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        var rest = await reader.ReadToEndAsync();
        rest.ShouldContain("HTTP/1.1 200 OK");
        rest.ShouldContain("Connection: close");
        blocked.Dispose();
        (await active).Status.ShouldBe(200);
        await stopping;
        await server.DisposeAsync();
    }

    private static async Task<int> StatusAsync(TestServer server, string request) =>
        int.Parse((await RawAsync(server, request)).AsSpan(9, 3), CultureInfo.InvariantCulture);

    private static async Task<string> RawAsync(TestServer server, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Url.Host, server.Url.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(socket.GetStream());
        var answer = new StringBuilder();
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                answer.Append(line).Append('\n');
            }
        }
        catch (IOException)
        {
            // The server closed the connection with bytes unread.
        }

        return answer.ToString();
    }
}
