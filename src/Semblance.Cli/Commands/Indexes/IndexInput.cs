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
            "The input: texts, one per line; .jsonl with 'text' or 'embedding' and optionally 'id' and labels (both may be .gz); "
            + "or vectors as .npy or .safetensors",
        HelpName = "FILE",
        Required = true,
    };
    private readonly Option<string?> _ids = NewOption.Text(
        "--ids", "FILE", "The ids, one per line; default: those of the .jsonl, or numbers from 1 on");
    private readonly Option<string?> _texts = NewOption.Text(
        "--texts", "FILE", "The texts of the vectors in a .npy or .safetensors file, one per line, to show with hits");

    public IndexInput(Command command)
    {
        command.Add(_input);
        command.Add(_ids);
        command.Add(_texts);
    }

    /// <summary>Returns the records, which are read when they are enumerated.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="host">The standard streams.</param>
    public VectorRecords Open(ParseResult arguments, Host host) =>
        new(arguments.GetValue(_input)!, path => TextInput.Open(path, host))
        {
            Ids = arguments.GetValue(_ids),
            Texts = arguments.GetValue(_texts),
        };

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

    /// <summary>Reads the records with their vectors, in bounded memory.</summary>
    /// <param name="records">The records.</param>
    /// <param name="model">The model that encodes the texts; <see langword="null"/> if the records have vectors.</param>
    /// <param name="options">The encoding options.</param>
    /// <param name="firstId">The first number for records without ids.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public static IAsyncEnumerable<VectorRecord> ReadAsync(
        VectorRecords records, SentenceTransformer? model, EncodeOptions options, long firstId, CancellationToken cancellationToken) =>
        model is null ? records.ReadAsync(firstId, cancellationToken) : records.EncodeAsync(model, options, firstId, cancellationToken);
}
