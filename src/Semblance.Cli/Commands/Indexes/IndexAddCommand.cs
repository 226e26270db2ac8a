using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands.Indexes;

/// <summary><c>index add</c>: more texts or vectors, in place of those with the same ids.</summary>
internal sealed class IndexAddCommand : CliCommand
{
    private readonly Option<string> _folder = IndexOptions.Folder();
    private readonly IndexInput _input;
    private readonly ModelOption _model = new();

    public IndexAddCommand(Host host)
        : base("add", "Add texts or vectors to an index, in place of those with the same ids", host)
    {
        Add(_folder);
        _input = new IndexInput(this);
        Add(_model);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        using var index = HnswIndex.Open(arguments.GetValue(_folder)!);
        var model = _input.IsVectors(arguments) ? null : await IndexOptions.LoadModelAsync(_model, arguments, index, Host, cancellation).ConfigureAwait(false);
        var last = await index.ReadAsync(null, cancellation).Select(record => record.Id.Text is null ? record.Id.Number : 0).DefaultIfEmpty().MaxAsync(cancellationToken: cancellation).ConfigureAwait(false);
        var written = 0L;
        await Host.WithProgressAsync("adding", async _ =>
        {
            var records = _input.ReadAsync(arguments, model, EncodeOptions.Default, Math.Max(0, last) + 1, Host, cancellation);
            written = await index.UpsertAsync(records, cancellation: cancellation).ConfigureAwait(false);
        }).ConfigureAwait(false);
        Host.Error.WriteLine(Numbers.Invariant($"added {written:N0} vectors; the index has {index.Count:N0}"));
    }
}
