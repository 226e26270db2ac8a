using System.CommandLine;

namespace Semblance.Cli.Options;

/// <summary>Represents the options for the prompts of queries and of documents.</summary>
internal sealed class PromptOptions
{
    private readonly Option<string?> _prompt = NewOption.Text("--prompt", "TEXT", "A text to prepend to each query");
    private readonly Option<string?> _promptName = NewOption.Text(
        "--prompt-name", "NAME", "The name of a prompt of the model to prepend to each query instead; default: query, if it has one");
    private readonly Option<string?> _corpusPrompt = NewOption.Text("--corpus-prompt", "TEXT", "A text to prepend to each document");
    private readonly Option<string?> _corpusPromptName = NewOption.Text(
        "--corpus-prompt-name", "NAME",
        "The name of a prompt of the model to prepend to each document instead; default: document, if it has one");

    /// <summary>Initializes a new instance of the <see cref="PromptOptions"/> class.</summary>
    /// <param name="command">The command to which the options are added.</param>
    /// <param name="hasDocuments"><see langword="true"/> to add the options for documents too; otherwise, <see langword="false"/>.</param>
    public PromptOptions(Command command, bool hasDocuments)
    {
        command.Add(_prompt);
        command.Add(_promptName);
        if (hasDocuments)
        {
            command.Add(_corpusPrompt);
            command.Add(_corpusPromptName);
        }
    }

    /// <summary>Returns options with the prompt of queries.</summary>
    public EncodeOptions OfQueries(ParseResult arguments, EncodeOptions options) =>
        options with { Prompt = arguments.GetValue(_prompt), PromptName = arguments.GetValue(_promptName) };

    /// <summary>Returns options with the prompt of documents.</summary>
    public EncodeOptions OfDocuments(ParseResult arguments, EncodeOptions options) =>
        options with { Prompt = arguments.GetValue(_corpusPrompt), PromptName = arguments.GetValue(_corpusPromptName) };
}
