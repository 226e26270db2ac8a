using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the loss of a <see cref="SequenceToSequenceModel"/>: the mean cross-entropy of all tokens of the targets, each predicted from
/// the source and the tokens before it.
/// </summary>
/// <remarks>Two text columns, source and target. Batches have no padding, so there are no tokens to ignore.</remarks>
/// <param name="labelSmoothing">
/// The share of the probability that is divided among all tokens of the vocabulary, from 0, the default, to less than 1 (Szegedy et al.
/// 2016, arXiv:1512.00567).
/// </param>
public sealed class SequenceToSequenceLoss(float labelSmoothing = 0) : OutputLoss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(SequenceToSequenceLoss), ModelOutputKind.SequenceLogits, ["label-smoothing"],
        (node, _) => new SequenceToSequenceLoss(node.Number("label-smoothing", 0, 0, 0.99f)));

    /// <summary>Gets the share of the probability that is divided among all tokens.</summary>
    public float LabelSmoothing { get; } = labelSmoothing is >= 0 and < 1 ? labelSmoothing : throw new ArgumentOutOfRangeException(
        nameof(labelSmoothing), labelSmoothing, "The label smoothing must be from 0 to less than 1.");

    /// <inheritdoc/>
    public override ModelOutputKind OutputKind => ModelOutputKind.SequenceLogits;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelInput> Inputs(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Columns == 2
            ? [batch.Input(0) with { Pairs = batch.Texts(1) }]
            : throw new LossInputException($"{Name} takes a source and a target, and a row has {batch.Columns} texts.");
    }

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, TrainingBatch batch, IReadOnlyList<ModelOutput> outputs)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(outputs);
        var model = batch.Model as SequenceToSequenceModel ?? throw new LossInputException(
            $"{Name} needs the tokens of targets, so it needs a SequenceToSequenceModel; the model is a {batch.Model.GetType().Name}.");
        int[] tokens = [.. model.TokenizeTargets(batch.Texts(1)).SelectMany(ids => ids)];
        return run.Mean(run.CrossEntropyOfLogits(outputs[0].Value, tokens, LabelSmoothing)); // of [tokens × vocabulary]
    }
}
