using System.CommandLine;
using Semblance.Cli.Commands.Indexes;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>index</c>, whose subcommands build, change and search a persistent vector index.</summary>
internal sealed class IndexCommand : Command
{
    public IndexCommand(Host host)
        : base("index", "Builds and searches persistent vector indexes, in a folder or in PostgreSQL")
    {
        Add(new IndexBuildCommand(host));
        Add(new IndexAddCommand(host));
        Add(new IndexDeleteCommand(host));
        Add(new IndexSearchCommand(host));
        Add(new IndexCompactCommand(host));
        Add(new IndexVerifyCommand(host));
        Add(new IndexInfoCommand(host));
        Add(new IndexExportCommand(host));
    }
}
