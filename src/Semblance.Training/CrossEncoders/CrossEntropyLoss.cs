using Semblance.Tensors;

namespace Semblance.Training.CrossEncoders;

/// <summary>Represents the classification of pairs, such as entailment: the cross-entropy over the model's labels.</summary>
/// <remarks>Two text columns, and the class of each row.</remarks>
public sealed class CrossEntropyLoss(CrossEncoderLossSettings? settings = null) : CrossEncoderLoss(settings)
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(CrossEntropyLoss), ModelOutputKind.Logits, ["mini-batch"],
        (node, _) => new CrossEntropyLoss(CrossEncoderLossSettings.Read(node)));

    /// <summary>Gets the settings.</summary>
    public CrossEncoderLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, CrossEncoderInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var labels = input.RequireLabels(this, count => count, "the class of each pair").SelectMany(row => row).ToArray();
        if (Array.FindIndex(labels, label => !float.IsInteger(label) || label < 0 || label >= input.Logits.Columns) is >= 0 and var pair)
        {
            throw new LossInputException(
                $"The label {labels[pair]} of pair {pair} is not one of the model's classes, 0 to {input.Logits.Columns - 1}; create the "
                + "model with as many labels as there are classes.");
        }

        return run.CrossEntropy(input.Logits, labels.Select(label => (int)label));
    }
}
