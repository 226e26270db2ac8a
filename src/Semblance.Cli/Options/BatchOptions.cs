using System.CommandLine;

namespace Semblance.Cli.Options;

/// <summary>The options that commands share that judge or rank texts, the model among them.</summary>
internal sealed class BatchOptions
{
    private readonly ModelOption _model = new();
    private readonly Option<int?> _batchTokens = NewOption.Count("--batch-tokens", "About how many tokens a thread works on at a time; default 2048");
    private readonly Option<int?> _threads = NewOption.Count("--threads", "The most threads to use; default one for each core");
    private readonly Option<string?> _prompt = NewOption.Text("--prompt", "TEXT", "A text to put before each first text, or query");
    private readonly Option<string?> _promptName = NewOption.Text("--prompt-name", "NAME", "One of the model's own prompts instead");

    /// <param name="command">The command that gets them.</param>
    /// <param name="needsModel">Whether a model must be named: the default one does not do.</param>
    public BatchOptions(Command command, bool needsModel)
    {
        if (needsModel)
        {
            (_model.Required, _model.Description) = (true, "A model's folder, or its id on the Hugging Face Hub");
        }

        command.Add(_model);
        command.Add(_batchTokens);
        command.Add(_threads);
        command.Add(_prompt);
        command.Add(_promptName);
    }

    /// <summary>The folder of the model, downloaded if it is named by its id; one without an organisation is a cross-encoder's.</summary>
    public Task<string> FolderAsync(ParseResult arguments, Host host, CancellationToken cancellationToken) => _model.FolderAsync(arguments, host, cancellationToken, ModelKind.CrossEncoder);

    /// <summary>Options with what the command line says.</summary>
    public TOptions Apply<TOptions>(ParseResult arguments, TOptions options)
        where TOptions : TextOptions => options with
        {
            BatchTokens = arguments.GetValue(_batchTokens) ?? options.BatchTokens,
            MaxThreads = arguments.GetValue(_threads),
            Prompt = arguments.GetValue(_prompt),
            PromptName = arguments.GetValue(_promptName),
        };
}
