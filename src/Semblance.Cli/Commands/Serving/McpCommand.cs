using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Server;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>mcp</c>, which offers tools to language models over standard input and output.</summary>
internal sealed class McpCommand : CliCommand
{
    private readonly ServerOptionsOfCommand _options;

    public McpCommand(Host host)
        : base(
            "mcp",
            "Offers tools to language models by the Model Context Protocol, over standard input and output: embed, compare, rerank, and "
            + "search and add to collections",
            host) => _options = new ServerOptionsOfCommand(this, isNetworked: false);

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var options = await _options.OfAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        using var database = options.CollectionsDatabase;
        await SemblanceServer.RunMcpAsync(options, Host.TakeInput(), Host.Output, cancellationToken).ConfigureAwait(false);
    }
}
