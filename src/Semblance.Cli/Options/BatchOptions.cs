using System.CommandLine;
using Semblance.Tensors;

namespace Semblance.Cli.Options;

/// <summary>Represents the options, <c>--model</c> among them, that commands which classify or rank texts share.</summary>
internal sealed class BatchOptions
{
    private readonly ModelOption _model = new();
    private readonly Option<int?> _batchTokens = NewOption.Count(
        "--batch-tokens", "The approximate number of tokens in a batch of one thread; default: 512");
    private readonly Option<int?> _threads = NewOption.Count("--threads", "The maximum number of threads; default: one per core");
    private readonly Option<string?> _prompt = NewOption.Text(
        "--prompt", "TEXT", "A text to prepend to each query or first text of a pair");
    private readonly Option<string?> _promptName = NewOption.Text(
        "--prompt-name", "NAME", "The name of a prompt of the model to prepend instead");

    /// <summary>Initializes a new instance of the <see cref="BatchOptions"/> class.</summary>
    /// <param name="command">The command to which the options are added.</param>
    /// <param name="needsModel"><see langword="true"/> if <c>--model</c> is required; otherwise, <see langword="false"/>.</param>
    public BatchOptions(Command command, bool needsModel)
    {
        if (needsModel)
        {
            (_model.Required, _model.Description) = (true, "The model: a folder or a Hugging Face Hub id");
        }

        _model.AddTo(command);
        command.Add(_batchTokens);
        command.Add(_threads);
        command.Add(_prompt);
        command.Add(_promptName);
    }

    /// <summary>Returns the name of the model, or <see langword="null"/> for the default model.</summary>
    public string? ModelName(ParseResult arguments) => arguments.GetValue(_model);

    /// <summary>Returns the compute type of the model.</summary>
    public ComputeType Compute(ParseResult arguments) => _model.Compute(arguments);

    /// <summary>
    /// Returns the folder of the model, downloaded if it is a Hub id; an id without an organization is one of a cross-encoder.
    /// </summary>
    public Task<string> FolderAsync(ParseResult arguments, Host host, CancellationToken cancellationToken) =>
        _model.FolderAsync(arguments, host, cancellationToken, ModelKind.CrossEncoder);

    /// <summary>Returns options with the values of the command line.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="host">The standard streams.</param>
    /// <param name="what">The texts, in the plural, for a warning about those that are too long.</param>
    /// <param name="options">The defaults.</param>
    public TOptions Apply<TOptions>(ParseResult arguments, Host host, string what, TOptions options)
        where TOptions : TextOptions => options with
        {
            BatchTokens = arguments.GetValue(_batchTokens) ?? options.BatchTokens,
            MaxThreads = arguments.GetValue(_threads),
            Prompt = arguments.GetValue(_prompt),
            PromptName = arguments.GetValue(_promptName),
            Counter = host.Count(what, ""),
        };
}
