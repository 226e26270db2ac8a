using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>classify</c>, which predicts the labels of texts with a text classifier.</summary>
internal sealed class ClassifyCommand : CliCommand
{
    private readonly GivenTexts _texts;
    private readonly Option<int?> _topK = NewOption.Count(
        "--top-k", "The number of labels of each text; default: 1, or those that reach their thresholds if a text can have several");
    private readonly Option<float?> _threshold = NewOption.Number(
        "--threshold", "X", "Models with several labels per text: the threshold of all labels; default: those of the model, or 0.5");
    private readonly Option<string> _format = NewOption.Format();
    private readonly TaskModelOptions _model;

    public ClassifyCommand(Host host)
        : base(
            "classify",
            "Classifies texts with a text classifier; writes lines of labels and scores, the best first, or a JSON object for each text",
            host)
    {
        _texts = new GivenTexts(this);
        Add(_topK);
        Add(_threshold);
        Add(_format);
        _model = new TaskModelOptions(this, "The text classifier");
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var model = TextClassifier.Load(
            await _model.FolderAsync(arguments, Host, cancellationToken).ConfigureAwait(false), _model.Compute(arguments));
        Host.Warn(model.Warnings);
        var options = _model.Apply(arguments, Host, new ClassifyOptions
        {
            TopK = arguments.GetValue(_topK),
            Threshold = arguments.GetValue(_threshold),
        });
        var texts = _texts.ReadAsync(arguments, Host, cancellationToken);
        await Host.WriteAsync(
            model.ClassifyAsync(texts.Select(text => (text, (string?)null)), options, cancellationToken), arguments.GetValue(_format),
            classified => Host.Text.WriteLine(
                string.Join('\t', classified.Labels.Select(label => $"{label.Label}\t{Numbers.Score(label.Score)}"))),
            (writer, classified) =>
            {
                writer.WriteString("text", classified.Text);
                writer.WriteStartArray("labels");
                foreach (var (label, score) in classified.Labels)
                {
                    writer.WriteStartObject();
                    writer.WriteString("label", label);
                    writer.WriteNumber("score", score);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }).ConfigureAwait(false);
    }
}
