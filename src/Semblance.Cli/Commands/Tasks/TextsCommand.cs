using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands;

/// <summary>Represents the common base of the commands that generate a text from each text with a sequence-to-sequence model.</summary>
internal abstract class TextsCommand : CliCommand
{
    private readonly string _result;
    private readonly GivenTexts _texts;
    private readonly ModelOption _model = new()
    {
        Required = true,
        Description = "The sequence-to-sequence model, such as T5: a folder or a Hugging Face Hub id",
    };
    private readonly Option<string?> _prefix;
    private readonly Option<string> _truncation = NewOption.Choice(
        "--truncation",
        "The handling of texts longer than the model's maximum sequence length: truncate them, fail, or generate a text for each of "
        + "their parts",
        "cut", "error", "chunk");
    private readonly Option<string> _format = NewOption.Format();
    private readonly GenerationOptions _generation = new();

    /// <summary>Initializes a new instance of the <see cref="TextsCommand"/> class.</summary>
    /// <param name="name">The name of the command.</param>
    /// <param name="description">The description.</param>
    /// <param name="result">The name of the result in JSON.</param>
    /// <param name="prefix">The default of <c>--prefix</c>, for its description.</param>
    /// <param name="host">The standard streams.</param>
    protected TextsCommand(string name, string description, string result, string prefix, Host host)
        : base(name, description, host)
    {
        _result = result;
        _texts = new GivenTexts(this);
        _prefix = NewOption.Text("--prefix", "TEXT", $"The text before each text; default: {prefix}");
        _model.AddTo(this);
        Add(_prefix);
        Add(_truncation);
        Add(_format);
        foreach (var option in _generation.All)
        {
            Add(option);
        }
    }

    /// <summary>Returns the model with the prefix and settings of the task.</summary>
    protected abstract SequenceToSequenceModel ForTask(SequenceToSequenceModel model, ParseResult arguments);

    /// <summary>Returns a value that indicates whether a prefix is given.</summary>
    protected bool HasPrefix(ParseResult arguments) => arguments.GetValue(_prefix) is not null;

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var model = SequenceToSequenceModel.Load(
            await _model.FolderAsync(arguments, Host, cancellationToken, kind: null).ConfigureAwait(false), _model.Compute(arguments));
        Host.Warn(model.Warnings);
        model = ForTask(model, arguments);
        var options = new GenerateOptions
        {
            Prompt = arguments.GetValue(_prefix),
            Generation = _generation.Apply(arguments, model.Config.Generation),
            Truncation = Enum.Parse<Truncation>(arguments.GetValue(_truncation)!, ignoreCase: true),
            MaxThreads = _generation.Threads(arguments),
            Counter = Host.Count("texts", "; --truncation chunk divides long texts instead"),
        };
        var texts = _texts.ReadAsync(arguments, Host, cancellationToken);
        await Host.WriteAsync(
            model.GenerateAsync(texts, options, cancellationToken), arguments.GetValue(_format),
            generated =>
            {
                Host.Text.WriteLine(Column.Last(generated.Text));
                Host.Flush();
            },
            (writer, generated) =>
            {
                writer.WriteString("text", generated.Source);
                writer.WriteString(_result, generated.Text);
                writer.WriteBoolean("truncated", generated.Truncated);
            }).ConfigureAwait(false);
    }
}
