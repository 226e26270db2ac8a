using System.CommandLine;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>summarize</c>, which writes a summary of each text.</summary>
internal sealed class SummarizeCommand(Host host) : TextsCommand(
    "summarize", "Summarizes texts with a sequence-to-sequence model; writes a line or a JSON object for each text", "summary",
    "that of the model for summaries", host)
{
    public const string Task = "summarization"; // as pipelines of transformers name it

    protected override SequenceToSequenceModel ForTask(SequenceToSequenceModel model, ParseResult arguments) =>
        model.Tasks.Contains(Task) ? model.ForTask(Task) : model;
}
