using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the settings that the losses of text and token classifiers share.</summary>
public sealed record ClassificationLossSettings
{
    internal static readonly string[] Keys = ["label-smoothing", "class-weights"];

    /// <summary>
    /// Gets the share of the probability that is divided among all labels, from 0 to less than 1; 0 by default (Szegedy et al. 2016,
    /// arXiv:1512.00567).
    /// </summary>
    public float LabelSmoothing
    {
        get;
        init => field = value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LabelSmoothing), value, "The label smoothing must be from 0 to less than 1.");
    }

    /// <summary>Gets the weight of each label; empty, the default, for 1 for all.</summary>
    public IReadOnlyList<float> ClassWeights { get; init; } = [];

    /// <summary>
    /// Returns the weights that make all labels count the same: the number of examples divided by the number of labels and by the number
    /// of examples with the label.
    /// </summary>
    /// <param name="labels">The labels of all examples, from 0.</param>
    /// <param name="count">The number of labels.</param>
    public static IReadOnlyList<float> Balanced(IEnumerable<int> labels, int count)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var numbers = new int[count];
        foreach (var label in labels)
        {
            numbers[label]++;
        }

        var total = numbers.Sum();
        return [.. numbers.Select(number => number == 0 ? 0 : total / ((float)count * number))];
    }

    internal static ClassificationLossSettings Read(RecipeNode node, LossContext context, Func<Example, IEnumerable<int>> labelsOf) => new()
    {
        LabelSmoothing = node.Find("label-smoothing")?.Number(0f, 0.99f) ?? 0,
        ClassWeights = node.Find("class-weights") is not { } weights ? []
            : weights.Items() is [var one] ? one.OneOf(
                ("balanced", Balanced(context.Rows.SelectMany(labelsOf), context.Model.OutputDimension)), ("none", []))
            : [.. weights.Items().Select(weight => weight.Number(0f, 1e6f))],
    };

    /// <summary>Returns the weights, one for each label.</summary>
    /// <exception cref="LossInputException">The number of weights is not the number of labels.</exception>
    internal float[] WeightsFor(int labels, Objective loss) => ClassWeights.Count == 0 ? [.. Enumerable.Repeat(1f, labels)]
        : ClassWeights.Count == labels ? [.. ClassWeights]
        : throw new LossInputException($"{loss.Name} has {ClassWeights.Count} class weights, and the model {labels} labels.");

    /// <summary>
    /// Computes the cross-entropy of rows, weighted by their labels as in PyTorch: the sum divided by the sum of the weights, <c>[1]</c>.
    /// </summary>
    internal Tensor CrossEntropy(Computation run, TrainingBatch batch, Tensor logits, IReadOnlyList<int> labels, Objective loss)
    {
        batch.Predicted?.Invoke(
            labels.Where((label, row) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits.Row(row)) == label).Count(), labels.Count);
        var weights = WeightsFor(logits.Columns, loss);
        var targets = Tensor.Zeros(logits.Shape);
        for (var row = 0; row < labels.Count; row++)
        {
            var target = targets.Writable.Slice(row * logits.Columns, logits.Columns);
            target.Fill(LabelSmoothing / logits.Columns);
            target[labels[row]] += 1 - LabelSmoothing;
            System.Numerics.Tensors.TensorPrimitives.Multiply(target, weights, target);
        }

        var total = labels.Sum(label => weights[label]);
        return run.Scale(run.Sum(run.Multiply(run.LogSoftmax(logits), targets)), total > 0 ? -1 / total : 0);
    }
}
