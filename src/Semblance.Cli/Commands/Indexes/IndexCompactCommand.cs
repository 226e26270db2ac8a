using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands.Indexes;

/// <summary><c>index compact</c>: links what was added, and leaves out what was deleted.</summary>
internal sealed class IndexCompactCommand : CliCommand
{
    private readonly Option<string> _folder = IndexOptions.Folder();
    private readonly Option<int?> _threads = IndexOptions.Threads();

    public IndexCompactCommand(Host host)
        : base("compact", "Link what was added to an index, and leave out what was deleted", host)
    {
        Add(_folder);
        Add(_threads);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        using var index = HnswIndex.Open(arguments.GetValue(_folder)!);
        await Host.WithProgressAsync("linking", progress => index.CompactAsync(arguments.GetValue(_threads) ?? int.MaxValue, progress, cancellation)).ConfigureAwait(false);
        Host.Error.WriteLine(Numbers.Invariant($"the index has {index.Count:N0} vectors, all linked"));
    }
}
