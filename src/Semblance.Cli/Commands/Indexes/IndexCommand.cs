using System.CommandLine;
using Semblance.Cli.Commands.Indexes;

namespace Semblance.Cli.Commands;

/// <summary><c>index</c>: vectors kept in a folder, to be searched again and again.</summary>
internal sealed class IndexCommand : Command
{
    public IndexCommand(Host host)
        : base("index", "Keep vectors in a folder, and search them again and again")
    {
        Add(new IndexBuildCommand(host));
        Add(new IndexAddCommand(host));
        Add(new IndexDeleteCommand(host));
        Add(new IndexSearchCommand(host));
        Add(new IndexCompactCommand(host));
        Add(new IndexVerifyCommand(host));
        Add(new IndexInfoCommand(host));
    }
}
