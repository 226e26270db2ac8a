using System.CommandLine;
using Microsoft.Extensions.Hosting;
using Semblance.Cli.Options;
using Semblance.Server;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>serve</c>, which answers requests of many kinds of clients over HTTP.</summary>
internal sealed class ServeCommand : CliCommand
{
    private readonly Option<string?> _urls = NewOption.Text(
        "--urls", "URLS", $"The addresses to listen to, separated by semicolons; default: {SemblanceServer.DefaultUrl}");
    private readonly Option<string> _log = NewOption.Choice("--log", "The format of the log on standard error", "text", "json");
    private readonly ServerOptionsOfCommand _options;

    public ServeCommand(Host host)
        : base(
            "serve",
            "Serves models over HTTP to clients of OpenAI, text-embeddings-inference, Cohere, Jina and Ollama, with collections to search",
            host)
    {
        Add(_urls);
        _options = new ServerOptionsOfCommand(this);
        Add(_log);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var options = await _options.OfAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        List<string> settings = [$"--Logging:Console:FormatterName={(arguments.GetValue(_log) == "json" ? "json" : "simple")}"];
        if (arguments.GetValue(_urls) is { } urls)
        {
            settings.Add($"--urls={urls}");
        }

        var server = SemblanceServer.Create(options, [.. settings]);
        await using (server.ConfigureAwait(false))
        {
            await HostingAbstractionsHostExtensions.RunAsync(server, cancellationToken).ConfigureAwait(false);
        }
    }
}
