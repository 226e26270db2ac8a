using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands.Indexes;

/// <summary><c>index add</c>: more texts or vectors, in place of those with the same ids.</summary>
internal sealed class IndexAddCommand : CliCommand
{
    private readonly IndexPlace _place;
    private readonly IndexInput _input;
    private readonly ModelOption _model = new();

    public IndexAddCommand(Host host)
        : base("add", "Add texts or vectors to an index, in place of those with the same ids", host)
    {
        _place = new IndexPlace(this);
        _input = new IndexInput(this);
        Add(_model);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var input = _input.Open(arguments, Host);
        using var open = await _place.OpenAsync(arguments, isWritten: true, cancellation).ConfigureAwait(false);
        var index = open.Index;
        var model = input.HasVectors ? null : await IndexOptions.LoadModelAsync(_model, arguments, index, Host, cancellation).ConfigureAwait(false);
        var last = await index.LargestNumberAsync(cancellation).ConfigureAwait(false) ?? 0;
        var written = 0L;
        await Host.WithProgressAsync("adding", async _ =>
        {
            var records = IndexInput.ReadAsync(input, model, EncodeOptions.Default, Math.Max(0, last) + 1, cancellation);
            written = await index.UpsertAsync(records, cancellation: cancellation).ConfigureAwait(false);
        }).ConfigureAwait(false);
        var count = await index.CountAsync(cancellation).ConfigureAwait(false);
        Host.Error.WriteLine(Numbers.Invariant($"added {written:N0} vectors; the index has {count:N0}"));
    }
}
