using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>How often a classifier on top of the vectors, such as that of a softmax loss, gives the right label.</summary>
/// <remarks>Metric: <c>accuracy</c>; of a cross-encoder also <c>f1_macro</c>, the mean over the classes, which is then the primary one, <c>f1_micro</c> and <c>f1_weighted</c>.</remarks>
/// <param name="texts">The texts by column: one column for single texts, two for pairs.</param>
/// <param name="labels">The class of each row, from 0.</param>
/// <param name="classifier">From the vectors of each column, <c>[rows × dimension]</c>, to logits <c>[rows × classes]</c>.</param>
/// <param name="name">What is evaluated on.</param>
/// <exception cref="ArgumentException">The lists differ in length or are empty (<see cref="EvaluationDataException"/>).</exception>
public sealed class LabelAccuracyEvaluator(
    IReadOnlyList<IReadOnlyList<string>> texts, IReadOnlyList<int> labels, Func<IReadOnlyList<Tensor>, Tensor> classifier, string name = "") : Evaluator(name)
{
    private readonly int[] _labels = [.. Checked(labels, nameof(labels))];
    private readonly IReadOnlyList<string>[] _texts = [.. Checked(texts, nameof(texts)).Select(column => Checked(column, labels.Count, nameof(texts)))];
    private readonly Func<IReadOnlyList<Tensor>, Tensor> _classifier = classifier ?? throw new ArgumentNullException(nameof(classifier));

    /// <summary>The classes of pairs, for cross-encoders, which classify by themselves.</summary>
    /// <param name="sentences1">One text of each pair.</param>
    /// <param name="sentences2">The other.</param>
    /// <param name="labels">The class of each pair, from 0.</param>
    /// <param name="name">What is evaluated on.</param>
    /// <exception cref="ArgumentException">The lists differ in length or are empty (<see cref="EvaluationDataException"/>).</exception>
    public LabelAccuracyEvaluator(IReadOnlyList<string> sentences1, IReadOnlyList<string> sentences2, IReadOnlyList<int> labels, string name = "")
        : this([sentences1, sentences2], labels, _ => throw new InvalidOperationException("There is no classifier of sentence vectors; give one, or evaluate a cross-encoder."), name)
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
    /// <exception cref="ArgumentException">The model has one label, or fewer than there are classes.</exception>
    public override EvaluationResult Evaluate(CrossEncoder model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (_texts.Length != 2 || model.Labels.Count < 2 || _labels.Max() >= model.Labels.Count)
        {
            throw new ArgumentException($"A model of {model.Labels.Count} labels cannot tell {_labels.Max() + 1} classes of {_texts.Length} texts; it takes pairs, and has a label for each class.", nameof(model));
        }

        var logits = model.Predict([.. _texts[0].Zip(_texts[1])], Predicting with { Activation = Activation.Identity }, null, cancellationToken).Scores;
        var accuracy = Accuracy.OfLogits(logits, _labels);
        var metrics = new OrderedDictionary<string, double>
        {
            ["accuracy"] = accuracy,
            ["f1_macro"] = Accuracy.MacroF1(logits, _labels),
            ["f1_micro"] = accuracy, // of one class for each row they are the same
            ["f1_weighted"] = Accuracy.WeightedF1(logits, _labels),
        };
        return Result(metrics, "f1_macro");
    }
}
