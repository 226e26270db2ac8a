using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>How often a classifier on top of the vectors, such as that of a softmax loss, gives the right label.</summary>
/// <remarks>Metric: <c>accuracy</c>.</remarks>
/// <param name="texts">The texts by column: one column for single texts, two for pairs.</param>
/// <param name="labels">The class of each row, from 0.</param>
/// <param name="classifier">From the vectors of each column, <c>[rows × dimension]</c>, to logits <c>[rows × classes]</c>.</param>
/// <param name="name">What is evaluated on.</param>
/// <exception cref="ArgumentException">The lists differ in length or are empty.</exception>
public sealed class LabelAccuracyEvaluator(
    IReadOnlyList<IReadOnlyList<string>> texts, IReadOnlyList<int> labels, Func<IReadOnlyList<Tensor>, Tensor> classifier, string name = "") : Evaluator(name)
{
    private readonly int[] _labels = [.. Checked(labels, nameof(labels))];
    private readonly IReadOnlyList<string>[] _texts = [.. Checked(texts, nameof(texts)).Select(column => Checked(column, labels.Count, nameof(texts)))];
    private readonly Func<IReadOnlyList<Tensor>, Tensor> _classifier = classifier ?? throw new ArgumentNullException(nameof(classifier));

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SentenceTransformer model, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var logits = _classifier(Array.ConvertAll(_texts, column => Encode(model, column, cancellation)));
        return Result(new Dictionary<string, double> { ["accuracy"] = Accuracy.OfLogits(logits, _labels) }, "accuracy");
    }
}
