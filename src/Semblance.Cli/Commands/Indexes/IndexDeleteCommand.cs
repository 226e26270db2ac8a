using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>Represents <c>index delete</c>, which deletes vectors from an index.</summary>
internal sealed class IndexDeleteCommand : CliCommand
{
    private readonly IndexPlace _place;
    private readonly Argument<string[]> _id = new("id") { Description = "The ids of the vectors", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _ids = NewOption.Text("--ids", "FILE", "A file of more ids, one per line");

    public IndexDeleteCommand(Host host)
        : base("delete", "Deletes vectors from an index", host)
    {
        _place = new IndexPlace(this);
        Add(_id);
        Add(_ids);
        Validators.Add(result =>
        {
            if (result.GetValue(_id) is null or [] && result.GetValue(_ids) is null)
            {
                result.AddError("Give the ids to delete, or a file of them with --ids.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        List<VectorId> ids = [.. arguments.GetValue(_id)!.Select(id => IndexOptions.Id(id))];
        if (arguments.GetValue(_ids) is { } path)
        {
            using var lines = TextInput.Open(path, Host);
            await foreach (var line in lines.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                ids.Add(VectorRecords.Id(lines, line, lines.Count));
            }
        }

        using var open = await _place.OpenAsync(arguments, isWritten: true, cancellationToken).ConfigureAwait(false);
        var deleted = await open.Index.DeleteDocumentsAsync(ids, cancellationToken).ConfigureAwait(false);
        var count = await open.Index.CountAsync(cancellationToken).ConfigureAwait(false);
        var what = open.Index.HasPassages() ? "passages" : "vectors";
        Host.Error.WriteLine(Numbers.Invariant($"deleted {deleted:N0} of {ids.Count:N0}; the index has {count:N0} {what}"));
    }
}
