using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Evaluates the accuracy of a classifier on top of the embeddings, such as that of a softmax loss.</summary>
/// <remarks>
/// Metric: <c>accuracy</c>. For a cross-encoder also <c>f1_macro</c>, the mean over the labels and then the primary one, <c>f1_micro</c>
/// and <c>f1_weighted</c>.
/// </remarks>
/// <param name="texts">The texts by column: one column for single texts, two for pairs.</param>
/// <param name="labels">The label of each row, from 0.</param>
/// <param name="classifier">
/// Computes the logits <c>[rows × labels]</c> from the embeddings of each column, <c>[rows × dimension]</c>.
/// </param>
/// <param name="name">The name of the data set, the prefix of the metrics.</param>
/// <exception cref="ArgumentException">The lists differ in length or are empty (<see cref="EvaluationDataException"/>).</exception>
public sealed class LabelAccuracyEvaluator(
    IReadOnlyList<IReadOnlyList<string>> texts, IReadOnlyList<int> labels, Func<IReadOnlyList<Tensor>, Tensor> classifier,
    string name = "") : Evaluator(name)
{
    private readonly int[] _labels = [.. Checked(labels, nameof(labels))];
    private readonly IReadOnlyList<string>[] _texts =
    [
        .. Checked(texts, nameof(texts)).Select(column => Checked(column, labels.Count, nameof(texts))),
    ];
    private readonly Func<IReadOnlyList<Tensor>, Tensor> _classifier = classifier ?? throw new ArgumentNullException(nameof(classifier));

    /// <summary>Initializes a new instance of the <see cref="LabelAccuracyEvaluator"/> class with pairs, for cross-encoders.</summary>
    /// <param name="sentences1">The first text of each pair.</param>
    /// <param name="sentences2">The second text of each pair.</param>
    /// <param name="labels">The label of each pair, from 0.</param>
    /// <param name="name">The name of the data set, the prefix of the metrics.</param>
    /// <exception cref="ArgumentException">The lists differ in length or are empty (<see cref="EvaluationDataException"/>).</exception>
    public LabelAccuracyEvaluator(
        IReadOnlyList<string> sentences1, IReadOnlyList<string> sentences2, IReadOnlyList<int> labels, string name = "")
        : this(
            [sentences1, sentences2], labels,
            _ => throw new InvalidOperationException(
                "There is no classifier for sentence embeddings; use the constructor with a classifier, or evaluate a cross-encoder."),
            name)
    {
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var logits = _classifier(Array.ConvertAll(_texts, column => Encode(model, column, cancellationToken)));
        return Result(new Dictionary<string, double> { ["accuracy"] = Accuracy.OfLogits(logits, _labels) }, "accuracy");
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The rows are not pairs, or the model has one label or fewer labels than the rows.</exception>
    public override EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (_texts.Length != 2 || model.Labels.Count < 2 || _labels.Max() >= model.Labels.Count)
        {
            throw new ArgumentException(
                $"A model with {model.Labels.Count} labels cannot predict {_labels.Max() + 1} labels of rows with {_texts.Length} texts; "
                + "pairs and a model with all labels are needed.",
                nameof(model));
        }

        var logits = model.Predict(
            [.. _texts[0].Zip(_texts[1])], Predicting with { Activation = Activation.Identity }, null, cancellationToken).Scores;
        var accuracy = Accuracy.OfLogits(logits, _labels);
        var metrics = new OrderedDictionary<string, double>
        {
            ["accuracy"] = accuracy,
            ["f1_macro"] = Accuracy.MacroF1(logits, _labels),
            ["f1_micro"] = accuracy, // equal for one label per row
            ["f1_weighted"] = Accuracy.WeightedF1(logits, _labels),
        };
        return Result(metrics, "f1_macro");
    }
}
