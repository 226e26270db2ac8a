using System.CommandLine;
using Semblance.Tensors;

namespace Semblance.Cli.Options;

/// <summary>Represents the options, <c>--model</c> among them, that commands with a task model share.</summary>
internal sealed class TaskModelOptions
{
    private readonly ModelOption _model = new() { Required = true };
    private readonly Option<int?> _batchTokens = NewOption.Count(
        "--batch-tokens", "The approximate number of tokens in a batch of one thread; default: 2048");
    private readonly Option<int?> _threads = NewOption.Count("--threads", "The maximum number of threads; default: one per core");

    /// <summary>Initializes a new instance of the <see cref="TaskModelOptions"/> class.</summary>
    /// <param name="command">The command to which the options are added.</param>
    /// <param name="description">The description of the model.</param>
    public TaskModelOptions(Command command, string description)
    {
        _model.Description = $"{description}: a folder or a Hugging Face Hub id";
        _model.AddTo(command);
        command.Add(_batchTokens);
        command.Add(_threads);
    }

    /// <summary>Returns the compute type of the model.</summary>
    public ComputeType Compute(ParseResult arguments) => _model.Compute(arguments);

    /// <summary>Returns the folder of the model, downloaded if it is a Hub id.</summary>
    public Task<string> FolderAsync(ParseResult arguments, Host host, CancellationToken cancellationToken) =>
        _model.FolderAsync(arguments, host, cancellationToken, null);

    /// <summary>Returns options with the values of the command line.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="host">The standard streams.</param>
    /// <param name="options">The defaults.</param>
    public TOptions Apply<TOptions>(ParseResult arguments, Host host, TOptions options)
        where TOptions : TextOptions => options with
        {
            BatchTokens = arguments.GetValue(_batchTokens) ?? options.BatchTokens,
            MaxThreads = arguments.GetValue(_threads),
            Counter = host.Count("texts", ""),
        };
}
