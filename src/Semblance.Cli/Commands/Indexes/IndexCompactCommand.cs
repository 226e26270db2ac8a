using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Postgres;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>Represents <c>index compact</c>, which links added vectors into the graph and removes deleted ones.</summary>
internal sealed class IndexCompactCommand : CliCommand
{
    private readonly IndexPlace _place;
    private readonly Option<int?> _threads = IndexOptions.Threads();

    public IndexCompactCommand(Host host)
        : base("compact", "Links added vectors into the graph of an index, and removes deleted ones", host)
    {
        _place = new IndexPlace(this);
        Add(_threads);
        _place.OnlyForFolders(_threads, "PostgreSQL builds with max_parallel_maintenance_workers, a setting of the connection");
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var open = await _place.OpenAsync(arguments, isWritten: true, cancellationToken).ConfigureAwait(false);
        await Host.WithProgressAsync("linking", progress => open.Index switch
        {
            HnswIndex index => index.CompactAsync(arguments.GetValue(_threads) ?? int.MaxValue, progress, cancellationToken),
            var index => ((PostgresIndex)index).ReindexAsync(cancellationToken),
        }).ConfigureAwait(false);
        var count = await open.Index.CountAsync(cancellationToken).ConfigureAwait(false);
        Host.Error.WriteLine(Numbers.Invariant($"the index has {count:N0} vectors, all linked"));
    }
}
