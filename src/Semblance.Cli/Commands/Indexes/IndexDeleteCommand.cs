using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands.Indexes;

/// <summary><c>index delete</c>: takes vectors out of an index.</summary>
internal sealed class IndexDeleteCommand : CliCommand
{
    private readonly Option<string> _folder = IndexOptions.Folder();
    private readonly Argument<string[]> _id = new("id") { Description = "The ids", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _ids = NewOption.Text("--ids", "FILE", "More ids, one a line");

    public IndexDeleteCommand(Host host)
        : base("delete", "Delete vectors from an index", host)
    {
        Add(_folder);
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

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        using var lines = arguments.GetValue(_ids) is { } path ? TextLines.Open(path, Host) : null;
        var ids = arguments.GetValue(_id)!.ToList();
        ids.AddRange(lines is null ? [] : await lines.ReadAllAsync(cancellation).ConfigureAwait(false));
        using var index = HnswIndex.Open(arguments.GetValue(_folder)!);
        var deleted = await index.DeleteAsync([.. ids.Select(IndexOptions.Id)], cancellation).ConfigureAwait(false);
        Host.Error.WriteLine(Numbers.Invariant($"deleted {deleted:N0} of {ids.Count:N0}; the index has {index.Count:N0} vectors"));
    }
}
