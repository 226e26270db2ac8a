using System.CommandLine;
using Semblance.Cli.Options;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>download</c>, which downloads a model from the Hugging Face Hub.</summary>
internal sealed class DownloadCommand : CliCommand
{
    private readonly Argument<string> _id = new("ID")
    {
        Description = "The id of the model, such as sentence-transformers/all-MiniLM-L6-v2",
    };
    private readonly Option<string?> _revision = NewOption.Text("--revision", "NAME", "The branch, tag or commit; default: main");

    public DownloadCommand(Host host)
        : base("download", "Downloads a model from the Hugging Face Hub and writes the path of its folder", host)
    {
        Add(_id);
        Add(_revision);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        // A name with an organization is an id here, even if the current folder has a folder of the organization's name.
        var name = arguments.GetRequiredValue(_id);
        var id = name.Contains('/', StringComparison.Ordinal) ? name : HubId.Of(name);
        Host.Text.WriteLine(await Hub.DownloadAsync(id, arguments.GetValue(_revision), Host, cancellationToken).ConfigureAwait(false));
    }
}
