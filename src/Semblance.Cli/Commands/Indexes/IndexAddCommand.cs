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
        var last = await index.LargestNumberAsync(cancellationToken).ConfigureAwait(false) ?? 0;
        var firstId = unchecked(Math.Max(0, last) + 1); // negative if all numbers are used
        var records = Distinct(input.ReadAsync(firstId, cancellationToken), input.Path);
        var texts = input.HasVectors
            ? null
            : await IndexOptions.WithModelAsync(_model, arguments, index, Host, cancellationToken).ConfigureAwait(false);
        if (texts is null && index.HasPassages())
        {
            throw new InputException(input.Path, "the index has passages of its documents, so it takes texts and no vectors.");
        }

        var written = 0L;
        await Host.WithProgressAsync("adding", async progress =>
        {
            var watched = IndexInput.WatchedAsync(records, input, progress.Report);
            written = texts is null
                ? await index.UpsertAsync(watched, cancellationToken: cancellationToken).ConfigureAwait(false)
                : await texts.UpsertAsync(
                    watched, new EncodeOptions { Counter = Host.Count("texts", "") }, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        var count = await index.CountAsync(cancellationToken).ConfigureAwait(false);
        var (what, of) = index.HasPassages() ? ("documents", " passages") : ("vectors", "");
        Host.Error.WriteLine(Numbers.Invariant($"added {written:N0} {what}; the index has {count:N0}{of}"));
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
