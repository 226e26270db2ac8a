using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Semblance.Server.Mcp;

/// <summary>Offers the tools by the Model Context Protocol, on the port of the server (<c>/mcp</c>) or over streams.</summary>
internal static class McpEndpoint
{
    private const string Path = "/mcp";

    /// <summary>Adds the tools.</summary>
    public static void Add(IServiceCollection services, ServerOptions options) => services
        .AddMcpServer(mcp => mcp.ServerInfo = Info())
        .WithHttpTransport(http => http.Stateless = true)
        .WithTools(ServerTools.Create(options.HasCollections));

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMcp(Path);

    /// <summary>Answers messages on streams until the input ends.</summary>
    public static async Task RunAsync(
        IServiceProvider services, ServerOptions options, Stream input, Stream output, CancellationToken cancellationToken)
    {
        var settings = new McpServerOptions { ServerInfo = Info(), ToolCollection = [] };
        foreach (var tool in ServerTools.Create(options.HasCollections))
        {
            settings.ToolCollection.Add(tool);
        }

        var transport = new StreamServerTransport(input, new LeftOpenStream(output), Info().Name, NullLoggerFactory.Instance);
        await using (transport.ConfigureAwait(false))
        {
            var server = McpServer.Create(transport, settings, NullLoggerFactory.Instance, services);
            await using (server.ConfigureAwait(false))
            {
                await server.RunAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static Implementation Info() => new() { Name = "semblance", Version = ServerVersion.Text };
}
