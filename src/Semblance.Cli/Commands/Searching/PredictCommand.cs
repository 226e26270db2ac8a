using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files.Json;
using Semblance.Tensors;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>predict</c>, which scores or classifies pairs of texts with a cross-encoder.</summary>
internal sealed class PredictCommand : CliCommand
{
    private readonly PairInput _pairs;
    private readonly Option<bool> _logits = new("--logits") { Description = "Writes the logits, without the model's activation function" };
    private readonly Option<bool> _softmax = new("--softmax")
    {
        Description = "Applies softmax to the scores of the labels; not for models with one label",
    };
    private readonly Option<string> _format = NewOption.Format();
    private readonly BatchOptions _batch;

    public PredictCommand(Host host)
        : base(
            "predict",
            "Scores or classifies pairs of texts with a cross-encoder; writes one score per line, or a label and the scores of all labels",
            host)
    {
        _pairs = new PairInput(this);
        Add(_logits);
        Add(_softmax);
        Add(_format);
        _batch = new BatchOptions(this, needsModel: true);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var lines = _pairs.Open(arguments, Host);
        var model = CrossEncoder.Load(
            await _batch.FolderAsync(arguments, Host, cancellationToken).ConfigureAwait(false), _batch.Compute(arguments));
        Host.Warn(model.Warnings);
        if (arguments.GetValue(_softmax) && model.Labels.Count == 1)
        {
            throw new ArgumentException(
                "--softmax is for models with several labels; the model has one label, whose softmax is 1 for every pair. Leave it out.");
        }

        var options = _batch.Apply(arguments, Host, "pairs", new PredictOptions
        {
            Activation = arguments.GetValue(_logits) ? Activation.Identity : null,
            ApplySoftmax = arguments.GetValue(_softmax),
        });
        await Host.WriteAsync(
            model.PredictAsync(_pairs.ReadAsync(arguments, lines, cancellationToken), options, cancellationToken),
            arguments.GetValue(_format),
            prediction =>
            {
                var scores = string.Join('\t', prediction.Scores.ToArray().Select(Numbers.Score));
                Host.Text.WriteLine(model.Labels.Count == 1 ? scores : $"{model.Labels[Best(prediction.Scores.Span)]}\t{scores}");
            },
            (writer, prediction) =>
            {
                writer.WriteStrings("texts", [prediction.Text, prediction.Pair]);
                writer.WriteStartObject("scores");
                foreach (var (i, label) in model.Labels.Index())
                {
                    writer.WriteNumber(label, prediction.Scores.Span[i]);
                }

                writer.WriteEndObject();
            }).ConfigureAwait(false);
    }

    private static int Best(ReadOnlySpan<float> scores) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(scores);
}
