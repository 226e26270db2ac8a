using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;

namespace Semblance.Cli.Commands.Indexes;

/// <summary>What goes into an index: texts, or vectors with perhaps their texts, with ids that the file, another file or their number gives.</summary>
internal sealed class IndexInput
{
    private readonly Option<string> _input = new("--input") { Description = "What to index: a text a line, .jsonl with 'text' or 'embedding' and perhaps 'id' and labels (both also .gz), or vectors as .npy or .safetensors", HelpName = "FILE", Required = true };
    private readonly Option<string?> _ids = NewOption.Text("--ids", "FILE", "The ids, one a line; without it those of the .jsonl, or numbers from 1 on");
    private readonly Option<string?> _texts = NewOption.Text("--texts", "FILE", "The texts of the vectors of a .npy or .safetensors file, one a line, to be shown with hits");

    public IndexInput(Command command)
    {
        command.Add(_input);
        command.Add(_ids);
        command.Add(_texts);
    }

    /// <summary>The records, which are read when they are enumerated.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="host">Standard input.</param>
    public VectorRecords Open(ParseResult arguments, Host host) =>
        new(arguments.GetValue(_input)!, path => TextInput.Open(path, host)) { Ids = arguments.GetValue(_ids), Texts = arguments.GetValue(_texts) };

    /// <summary>Reads the first record, so that input that cannot be read is found before anything is written.</summary>
    /// <param name="records">The records.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The records, to be enumerated once.</returns>
    /// <exception cref="InputException">There is none.</exception>
    public static async Task<IAsyncEnumerable<VectorRecord>> StartAsync(IAsyncEnumerable<VectorRecord> records, string path, CancellationToken cancellationToken)
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

        return hasFirst ? All() : throw new InputException(path, "there is nothing to index; at least one text or vector is needed.");

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

    /// <summary>The records with their vectors, in bounded memory.</summary>
    /// <param name="records">The records.</param>
    /// <param name="model">Makes vectors of texts; null where they are there.</param>
    /// <param name="options">How to.</param>
    /// <param name="firstId">The first number for what has no id.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static IAsyncEnumerable<VectorRecord> ReadAsync(VectorRecords records, SentenceTransformer? model, EncodeOptions options, long firstId, CancellationToken cancellationToken) =>
        model is null ? records.ReadAsync(firstId, cancellationToken) : records.EncodeAsync(model, options, firstId, cancellationToken);
}
