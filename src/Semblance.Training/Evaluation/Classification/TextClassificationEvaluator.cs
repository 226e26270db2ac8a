using System.Numerics.Tensors;

namespace Semblance.Training;

/// <summary>Evaluates a text classifier on labeled texts or pairs.</summary>
/// <remarks>
/// Metrics with one label for each text: <c>accuracy</c>, the primary one, <c>f1_macro</c>, <c>f1_weighted</c> and <c>loss</c> (the
/// negative mean log-likelihood). With several labels: <c>f1_micro</c>, the primary one, <c>f1_macro</c> and <c>accuracy</c> of whole sets
/// of labels. Of a regression: <c>pearson</c>, the primary one, <c>spearman</c> and <c>mse</c>.
/// </remarks>
public sealed class TextClassificationEvaluator : TaskEvaluator<TextClassifier>
{
    private readonly IReadOnlyList<Example> _rows;

    /// <summary>Initializes a new instance of the <see cref="TextClassificationEvaluator"/> class with its rows.</summary>
    /// <param name="rows">
    /// The rows, each with one text or a pair, and with a label, with targets of 0 and 1 for several labels, or with the score or the
    /// targets of a regression; labels are numbered as those of the model.
    /// </param>
    /// <param name="name">The name of the data set, the prefix of the metrics; empty for none.</param>
    /// <exception cref="EvaluationDataException">There is no row.</exception>
    public TextClassificationEvaluator(IReadOnlyList<Example> rows, string name = "")
        : base(name) => _rows = Checked(rows, nameof(rows));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A row has not the labels that the model needs.</exception>
    public override EvaluationResult Evaluate(TextClassifier model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var classified = model.Classify(
            [.. _rows.Select(row => (row.Texts[0], row.Texts.Count > 1 ? row.Texts[1] : null))], null, null, cancellationToken);
        float[][] scores = [.. classified.Select(text => text.Scores.ToArray())];
        return model.Config.Problem switch
        {
            ClassificationProblem.SingleLabel => SingleLabel(scores, model.Labels.Count),
            ClassificationProblem.MultiLabel => MultiLabel(scores, model),
            _ => Regression(scores, model.Labels.Count),
        };
    }

    private EvaluationResult SingleLabel(float[][] scores, int count)
    {
        int[] labels =
        [
            .. _rows.Select(row => row.Label is >= 0 and var label && label < count ? label : throw new ArgumentException(
                $"A row has {(row.Label is { } wrong ? $"the label {wrong}" : "no label")}; the model has the labels 0 to {count - 1}.")),
        ];
        var table = Tensors.Tensor.From([.. scores.SelectMany(row => row)], scores.Length, count);
        return Result(
            new OrderedDictionary<string, double>
            {
                ["accuracy"] = Accuracy.OfLogits(table, labels),
                ["f1_macro"] = Accuracy.MacroF1(table, labels),
                ["f1_weighted"] = Accuracy.WeightedF1(table, labels),
                ["loss"] = scores.Select((row, i) => -Math.Log(Math.Max(row[labels[i]], 1e-12))).Average(),
            },
            "accuracy");
    }

    private EvaluationResult MultiLabel(float[][] scores, TextClassifier model)
    {
        var targets = Targets(model.Labels.Count);
        var predictions = scores.Select(row => row.Select((score, label) =>
            score >= (model.Config.Thresholds.Count > 0 ? model.Config.Thresholds[label] : 0.5f)).ToArray()).ToArray();
        double F1(IEnumerable<int> labels)
        {
            var (right, predicted, known) = (0, 0, 0);
            foreach (var label in labels)
            {
                for (var row = 0; row < targets.Length; row++)
                {
                    right += predictions[row][label] && targets[row][label] > 0 ? 1 : 0;
                    predicted += predictions[row][label] ? 1 : 0;
                    known += targets[row][label] > 0 ? 1 : 0;
                }
            }

            return EntityScore.Of(right, predicted, known).F1;
        }

        return Result(
            new OrderedDictionary<string, double>
            {
                ["f1_micro"] = F1(Enumerable.Range(0, model.Labels.Count)),
                ["f1_macro"] = Enumerable.Range(0, model.Labels.Count).Average(label => F1([label])),
                ["accuracy"] = predictions.Zip(targets).Average(
                    row => row.First.Zip(row.Second).All(label => label.First == label.Second > 0) ? 1.0 : 0),
            },
            "f1_micro");
    }

    private EvaluationResult Regression(float[][] scores, int count)
    {
        var targets = Targets(count);
        double[] known = [.. targets.SelectMany(row => row).Select(value => (double)value)];
        double[] predicted = [.. scores.SelectMany(row => row).Select(value => (double)value)];
        return Result(
            new OrderedDictionary<string, double>
            {
                ["pearson"] = Correlation.Pearson(predicted, known),
                ["spearman"] = Correlation.Spearman(predicted, known),
                ["mse"] = Math.Pow(TensorPrimitives.Distance<double>(predicted, known), 2) / known.Length,
            },
            "pearson");
    }

    private float[][] Targets(int count) =>
    [
        .. _rows.Select(row => (float[])[.. row.Targets ?? (row.Score is { } score ? [score] : [])] is var targets
            && targets.Length == count ? targets : throw new ArgumentException(
                $"A row has {targets.Length} targets; the model needs {count}, one for each label.")),
    ];
}
