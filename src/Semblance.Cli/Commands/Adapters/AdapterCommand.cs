using System.CommandLine;
using Semblance.Cli.Commands.Adapters;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>adapter</c>, whose subcommands list, describe and merge adapters of PEFT.</summary>
internal sealed class AdapterCommand : Command
{
    public AdapterCommand(Host host)
        : base("adapter", "Lists, describes and merges adapters, in the files of PEFT")
    {
        Add(new AdapterListCommand(host));
        Add(new AdapterInfoCommand(host));
        Add(new AdapterMergeCommand(host));
    }
}
