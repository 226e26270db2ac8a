using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands.Adapters;

/// <summary>Represents <c>adapter list</c>, which lists the adapters in a folder and below it.</summary>
internal sealed class AdapterListCommand : CliCommand
{
    private readonly Argument<string> _folder = new("FOLDER") { Description = "The folder of one or several adapters" };

    public AdapterListCommand(Host host)
        : base("list", "Lists the adapters in a folder: folder, method, base model, parameters and bytes, separated by tabs", host)
    {
        Add(_folder);
    }

    protected override Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        foreach (var folder in AdapterFolders.Find(arguments.GetRequiredValue(_folder)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var adapter = AdapterFolders.Read(folder);
                string[] columns =
                [
                    folder, adapter.Config.PeftType, adapter.Config.BaseModel ?? "", Numbers.Invariant($"{adapter.ParameterCount}"),
                    Numbers.Invariant($"{adapter.Bytes}"),
                ];
                Host.Text.WriteLine(string.Join('\t', columns));
            }
            catch (Exception e) when (e is FormatException or FileNotFoundException)
            {
                Host.Error.WriteLine($"note: {Failure.Describe(e)}");
            }
        }

        return Task.CompletedTask;
    }
}
