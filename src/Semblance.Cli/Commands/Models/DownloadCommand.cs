using System.CommandLine;
using Semblance.Cli.Options;

namespace Semblance.Cli.Commands;

/// <summary><c>download</c>: a model of the Hub, its folder.</summary>
internal sealed class DownloadCommand : CliCommand
{
    private readonly Argument<string> _id = new("ID") { Description = "The model's id, such as sentence-transformers/all-MiniLM-L6-v2" };
    private readonly Option<string?> _revision = NewOption.Text("--revision", "NAME", "A branch, a tag or a commit; default main");

    public DownloadCommand(Host host)
        : base("download", "Download a model from the Hugging Face Hub, and show the folder where it is", host)
    {
        Add(_id);
        Add(_revision);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken) =>
        Host.Text.WriteLine(await Hub.DownloadAsync(HubId.Of(arguments.GetRequiredValue(_id)), arguments.GetValue(_revision), Host, cancellationToken).ConfigureAwait(false));
}
