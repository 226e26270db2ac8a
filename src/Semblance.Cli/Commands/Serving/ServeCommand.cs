using System.CommandLine;
using System.CommandLine.Parsing;
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
        _urls.Validators.Add(result => CheckAll(
            result, _urls.Name, (result.Tokens.Count > 0 ? result.Tokens[0].Value : "").Split(';'), isAny: false,
            "write addresses such as http://localhost:8080, separated by semicolons"));
        Add(_urls);
        _options = new ServerOptionsOfCommand(this);
        Add(_log);
    }

    /// <summary>Rejects addresses that do not begin with <c>http://</c> or <c>https://</c>.</summary>
    /// <param name="result">The parsed option.</param>
    /// <param name="name">The name of the option.</param>
    /// <param name="addresses">The addresses.</param>
    /// <param name="isAny"><see langword="true"/> if <c>*</c> is allowed; otherwise, <see langword="false"/>.</param>
    /// <param name="advice">What to write instead.</param>
    public static void CheckAll(OptionResult result, string name, IEnumerable<string> addresses, bool isAny, string advice)
    {
        if (addresses.FirstOrDefault(address => !(isAny && address == "*")
            && !address.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            && !address.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) is { } wrong)
        {
            result.AddError($"{name} has '{wrong}'; {advice}.");
        }
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var options = await _options.OfAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        using var database = options.CollectionsDatabase;
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
