using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands.Adapters;

/// <summary>Represents <c>adapter merge</c>, which merges an adapter into its model.</summary>
internal sealed class AdapterMergeCommand : CliCommand
{
    private readonly Argument<string> _folder = new("FOLDER") { Description = "The folder of the adapter" };
    private readonly Option<string?> _model = NewOption.Text(
        "--model", "MODEL", "The model: a folder or a Hugging Face Hub id; default: the base model that the adapter names");
    private readonly Option<string?> _output = NewOption.Text("--output", "FOLDER", "The folder of the whole model");

    public AdapterMergeCommand(Host host)
        : base("merge", "Merges an adapter into the weights of its model and writes the whole model", host)
    {
        _output.Required = true;
        Add(_folder);
        Add(_model);
        Add(_output);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = NewFolder.Check(arguments.GetValue(_output)!);
        var model = arguments.GetValue(_model);
        if (model is not null)
        {
            model = await ModelOption.FolderAsync(model, Host, cancellationToken).ConfigureAwait(false);
        }

        var kind = AdapterFolders.Merge(arguments.GetRequiredValue(_folder), model, output);
        Host.Error.WriteLine($"wrote {output}: a {kind} without an adapter");
    }
}
