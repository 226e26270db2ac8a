using System.IO.Pipelines;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Semblance.Server.Tests.Mcp;

/// <summary>The tools, called by the client of the Model Context Protocol's own library.</summary>
public sealed class McpTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("semblance-mcp-").FullName;

    private ServerOptions Options => new() { CollectionsFolder = _folder };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Tools_are_called_on_the_port_of_the_server()
    {
        await using var server = await TestServer.StartAsync(Options);
        await server.SendAsync(HttpMethod.Put, "/v1/collections/notes", "{}"u8.ToArray());
        await using var client = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri(server.Url, "/mcp") }));
        await CheckAsync(client);
        var found = await CallAsync(client, "search", """{"collection":"notes","query":"Where is the dog?","top_k":1,"filter":{"kind":"a"}}""");
        found[0].GetProperty("id").GetString().ShouldBe("dog");
    }

    [Fact]
    public async Task Tools_are_called_over_streams()
    {
        await using (var server = await TestServer.StartAsync(Options))
        {
            await server.SendAsync(HttpMethod.Put, "/v1/collections/notes", "{}"u8.ToArray());
        }

        var (toServer, toClient) = (new Pipe(), new Pipe());
        var running = SemblanceServer.RunMcpAsync(Options, toServer.Reader.AsStream(), toClient.Writer.AsStream());
        await using (var client = await McpClient.CreateAsync(
            new StreamClientTransport(toServer.Writer.AsStream(), toClient.Reader.AsStream())))
        {
            await CheckAsync(client);
        }

        await toServer.Writer.CompleteAsync();
        await running;
    }

    private static async Task CheckAsync(McpClient client)
    {
        client.ServerInfo!.Name.ShouldBe("semblance");
        (await client.ListToolsAsync()).Select(tool => tool.Name).ShouldBe(
            ["embed", "compare", "rerank", "collections", "search", "add"], ignoreOrder: true);
        (await CallAsync(client, "embed", """{"texts":["a dog","a cat"]}""")).GetArrayLength().ShouldBe(2);
        var compared = await CallAsync(client, "compare", """{"text":"a dog runs","texts":["a dog is running","stock prices"]}""");
        compared[0].GetProperty("score").GetSingle().ShouldBeGreaterThan(compared[1].GetProperty("score").GetSingle());
        var ranked = await CallAsync(client, "rerank", """{"query":"Where is the dog?","texts":["stocks","The dog is here."],"top_k":1}""");
        ranked[0].GetProperty("index").GetInt32().ShouldBe(1);
        (await CallAsync(client, "collections", "{}")).GetProperty("collections")[0].GetString().ShouldBe("notes");
        var added = await CallAsync(client, "add", """
            {"collection":"notes","documents":[{"id":"dog","text":"The dog is in the park.","metadata":{"kind":"a"}},
             {"id":2,"text":"Stock prices fell."}]}
            """);
        added.GetProperty("count").GetInt32().ShouldBe(2);
        var failure = await client.CallToolAsync("search", Arguments("""{"query":"a"}"""));
        failure.IsError.ShouldBe(true);
        ((TextContentBlock)failure.Content[0]).Text.ShouldBe("The argument 'collection' is missing.");
        (await client.CallToolAsync("embed", Arguments("""{"texts":5}"""))).IsError.ShouldBe(true);
    }

    private static async Task<JsonElement> CallAsync(McpClient client, string tool, string arguments)
    {
        var result = await client.CallToolAsync(tool, Arguments(arguments));
        var text = ((TextContentBlock)result.Content[0]).Text;
        result.IsError.ShouldNotBe(true, text);
        return JsonElement.Parse(text);
    }

    private static Dictionary<string, object?> Arguments(string json) =>
        JsonElement.Parse(json).EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value);
}
