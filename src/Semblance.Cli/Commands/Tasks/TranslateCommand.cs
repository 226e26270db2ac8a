using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>translate</c>, which writes a translation of each text.</summary>
internal sealed class TranslateCommand : TextsCommand
{
    public const string Task = "translation_"; // as pipelines of transformers name it, before the languages

    private readonly Option<string?> _from = NewOption.Text(
        "--from", "LANGUAGE", "The language of the texts, such as en, for a model of several; requires --to");
    private readonly Option<string?> _to = NewOption.Text(
        "--to", "LANGUAGE", "The language of the translations, such as de; requires --from");

    public TranslateCommand(Host host)
        : base(
            "translate", "Translates texts with a sequence-to-sequence model; writes a line or a JSON object for each text", "translation",
            "that of the model for the languages", host)
    {
        Add(_from);
        Add(_to);
        Validators.Add(result =>
        {
            if (result.GetResult(_from) is null != result.GetResult(_to) is null)
            {
                result.AddError("--from and --to are used together.");
            }
        });
    }

    protected override SequenceToSequenceModel ForTask(SequenceToSequenceModel model, ParseResult arguments)
    {
        string[] tasks = [.. model.Tasks.Where(task => task.StartsWith(Task, StringComparison.Ordinal))];
        if (arguments.GetValue(_from) is { } from)
        {
            var named = $"{Task}{from}_to_{arguments.GetValue(_to)}";
            return tasks.Contains(named) ? model.ForTask(named) : throw new InputException(
                "--from, --to", $"the model has no settings for '{named}'; {Settings(tasks)}. Use --prefix instead.");
        }

        return tasks.Length == 0 || HasPrefix(arguments) || model.Config.Prefix.Length > 0 ? model
            : tasks.Length == 1 ? model.ForTask(tasks[0])
            : throw new InputException("--from, --to", $"they are missing, and the model translates several languages; {Settings(tasks)}.");
    }

    private static string Settings(string[] tasks) =>
        $"it has settings for {(tasks.Length == 0 ? "no languages" : string.Join(", ", tasks))}";
}
