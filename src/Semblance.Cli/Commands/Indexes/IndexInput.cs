using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>
/// Represents the options for the input of an index: texts, or vectors and optionally their texts, with ids from the file or another one,
/// or numbers.
/// </summary>
internal sealed class IndexInput
{
    private readonly Option<string> _input = new("--input")
    {
        Description =
            "The input: texts, one per line; .jsonl with 'text' (--field) or 'embedding', .tsv or .csv with a column 'text' (--column), "
            + "and optionally 'id' and labels; all may be .gz; or vectors as .npy or .safetensors",
        HelpName = "FILE",
        Required = true,
    };
    private readonly Option<string?> _ids = NewOption.Text(
        "--ids", "FILE", "The ids, one per line; default: those of the .jsonl, or numbers from 1 on");
    private readonly Option<string?> _texts = NewOption.Text(
        "--texts", "FILE", "The texts of the vectors in a .npy or .safetensors file, one per line, to show with hits");

    private readonly TextColumn _column;

    public IndexInput(Command command)
    {
        command.Add(_input);
        _column = new TextColumn(command);
        command.Add(_ids);
        command.Add(_texts);
    }

    /// <summary>Returns the records, which are read when they are enumerated.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="host">The standard streams.</param>
    public VectorRecords Open(ParseResult arguments, Host host)
    {
        var input = arguments.GetValue(_input)!;
        var records = new VectorRecords(
            input, path => path == input ? _column.Open(arguments, path, host) : TextInput.Open(path, host))
        {
            Ids = arguments.GetValue(_ids),
            Texts = arguments.GetValue(_texts),
        };
        host.Encoded = (records.Path, records.Numbers);
        return records;
    }

    /// <summary>Reads the first record, so that unreadable input is found before anything is written.</summary>
    /// <param name="records">The records.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The records, which can be enumerated once.</returns>
    /// <exception cref="InputException">There are no records.</exception>
    public static async Task<IAsyncEnumerable<VectorRecord>> StartAsync(
        IAsyncEnumerable<VectorRecord> records, string path, CancellationToken cancellationToken)
    {
        var next = records.GetAsyncEnumerator(cancellationToken);
        var hasFirst = false;
        try
        {
            hasFirst = await next.MoveNextAsync().ConfigureAwait(false);
        }
        finally
        {
            if (!hasFirst)
            {
                await next.DisposeAsync().ConfigureAwait(false);
            }
        }

        return hasFirst ? All() : throw new InputException(path, "the input is empty; at least one text or vector is needed.");

        async IAsyncEnumerable<VectorRecord> All()
        {
            try
            {
                do
                {
                    yield return next.Current;
                }
                while (await next.MoveNextAsync().ConfigureAwait(false));
            }
            finally
            {
                await next.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Reports the part of the input that has been read after each record.</summary>
    public static async IAsyncEnumerable<VectorRecord> WatchedAsync(
        IAsyncEnumerable<VectorRecord> records, VectorRecords input, Action<double> report)
    {
        await foreach (var record in records.ConfigureAwait(false))
        {
            report(input.Progress);
            yield return record;
        }
    }
}
