using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the loss of a <see cref="TextClassifier"/>: the cross-entropy of the label, the binary cross-entropy of each label if a text
/// can have several, or the mean squared error of a regression.
/// </summary>
/// <remarks>
/// One text column, or two for pairs. With one label for each text, <see cref="Example.Label"/>; with several labels,
/// <see cref="Example.Targets"/> of 0 and 1; of a regression, <see cref="Example.Score"/> or <see cref="Example.Targets"/>.
/// </remarks>
/// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
public sealed class TextClassificationLoss(ClassificationLossSettings? settings = null) : OutputLoss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(TextClassificationLoss), ModelOutputKind.TextLogits, ClassificationLossSettings.Keys, (node, context) =>
            new TextClassificationLoss(ClassificationLossSettings.Read(node, context, LabelsOf)));

    /// <summary>Gets the settings.</summary>
    public ClassificationLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.TextLogits;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelInput> Inputs(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Columns switch
        {
            1 => [batch.Input(0)],
            2 => [batch.Input(0) with { Pairs = batch.Texts(1) }],
            var columns => throw new LossInputException($"{Name} takes one text or a pair of texts, and a row has {columns} texts."),
        };
    }

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, TrainingBatch batch, IReadOnlyList<ModelOutput> outputs)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(outputs);
        var logits = outputs[0].Value; // [texts × labels]
        return ProblemOf(batch.Model) switch
        {
            ClassificationProblem.SingleLabel => Settings.CrossEntropy(run, batch, logits, Labels(batch, logits.Columns), this),
            ClassificationProblem.MultiLabel => BinaryCrossEntropy(run, logits, Targets(batch, logits.Columns)),
            _ => run.MeanSquaredError(logits, Tensor.From(Targets(batch, logits.Columns), logits.Rows, logits.Columns)),
        };
    }

    // A model of one's own with logits of texts has one label for each.
    private static ClassificationProblem ProblemOf(ITrainableModel model) =>
        (model as TextClassifier)?.Config.Problem ?? ClassificationProblem.SingleLabel;

    private static IEnumerable<int> LabelsOf(Example row) => row.Label is { } label
        ? [label] : row.Targets?.Index().Where(target => target.Item > 0).Select(target => target.Index) ?? [];

    private int[] Labels(TrainingBatch batch, int count) =>
    [
        .. batch.Rows.Select(row => row.Label is >= 0 and var label && label < count ? label : throw new LossInputException(
            row.Label is null ? $"{Name} needs the label of each text, and a row has none."
            : $"The label {row.Label} is not one of the model's, 0 to {count - 1}; create the model with all labels of the data.")),
    ];

    private float[] Targets(TrainingBatch batch, int count) =>
    [
        .. batch.Rows.SelectMany(row => (row.Targets ?? (row.Score is { } score ? [score] : [])) is { } targets && targets.Count == count
            ? targets
            : throw new LossInputException(
                $"{Name} needs {count} targets for each text, one for each label of the model, and a row has "
                + $"{row.Targets?.Count ?? (row.Score is null ? 0 : 1)}.")),
    ];

    private Tensor BinaryCrossEntropy(Computation run, Tensor logits, float[] targets)
    {
        var weights = Settings.WeightsFor(logits.Columns, this);
        float Smoothed(int i) => (targets[i] * (1 - Settings.LabelSmoothing)) + (Settings.LabelSmoothing / 2);
        int[] all = [.. Enumerable.Range(0, logits.Length)];
        var column = run.Gather(logits, all, logits.Length, 1);
        var missed = run.ScaleRows(
            run.Softplus(run.Scale(column, -1)), Array.ConvertAll(all, i => weights[i % weights.Length] * Smoothed(i)));
        var mistaken = run.ScaleRows(
            run.Softplus(column), Array.ConvertAll(all, i => weights[i % weights.Length] * (1 - Smoothed(i))));
        return run.Mean(run.Add(missed, mistaken));
    }
}
