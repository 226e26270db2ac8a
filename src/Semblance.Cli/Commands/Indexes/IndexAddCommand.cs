using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>Represents <c>index add</c>, which adds texts or vectors and replaces those with the same ids.</summary>
internal sealed class IndexAddCommand : CliCommand
{
    private readonly IndexPlace _place;
    private readonly IndexInput _input;
    private readonly ModelOption _model = new();

    public IndexAddCommand(Host host)
        : base("add", "Adds texts or vectors to an index, and replaces those with the same ids", host)
    {
        _place = new IndexPlace(this);
        _input = new IndexInput(this);
        _model.AddTo(this);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var input = _input.Open(arguments, Host);
        using var open = await _place.OpenAsync(arguments, isWritten: true, cancellationToken).ConfigureAwait(false);
        var index = open.Index;
        var model = input.HasVectors
            ? null
            : await IndexOptions.LoadModelAsync(_model, arguments, index, Host, cancellationToken).ConfigureAwait(false);
        var last = await index.LargestNumberAsync(cancellationToken).ConfigureAwait(false) ?? 0;
        var written = 0L;
        await Host.WithProgressAsync("adding", async _ =>
        {
            var firstId = unchecked(Math.Max(0, last) + 1); // negative if all numbers are used
            var records = IndexInput.ReadAsync(input, model, EncodeOptions.Default, firstId, cancellationToken);
            written = await index.UpsertAsync(Distinct(records, input.Path), cancellationToken: cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        var count = await index.CountAsync(cancellationToken).ConfigureAwait(false);
        Host.Error.WriteLine(Numbers.Invariant($"added {written:N0} vectors; the index has {count:N0}"));
    }

    // Records are written in batches, in which a repeated id would replace itself.
    private static async IAsyncEnumerable<VectorRecord> Distinct(IAsyncEnumerable<VectorRecord> records, string path)
    {
        var numbers = new Dictionary<VectorId, long>();
        var number = 0L;
        await foreach (var record in records.ConfigureAwait(false))
        {
            if (!numbers.TryAdd(record.Id, ++number))
            {
                throw new InputException(
                    path,
                    Numbers.Invariant($"the records {numbers[record.Id]:N0} and {number:N0} have the same id ")
                    + Numbers.Invariant($"'{Excerpt.Of(record.Id.ToString())}'; ids must be unique."));
            }

            yield return record;
        }
    }
}
