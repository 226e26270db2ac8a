using Semblance.Tensors;

namespace Semblance.Training.CrossEncoders;

/// <summary>
/// Represents the mean squared error between the scores and a teacher's: knowledge distillation of a cross-encoder (Hofstätter et al. 2020,
/// arXiv:2010.02666, compare it with margins).
/// </summary>
/// <remarks>A label for each candidate: the teacher's score, on the scale of logits.</remarks>
public sealed class MSELoss(CrossEncoderLossSettings? settings = null) : CrossEncoderLoss(settings)
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(MSELoss), ModelOutputKind.Logits, ["mini-batch"], (node, _) => new MSELoss(CrossEncoderLossSettings.Read(node)));

    /// <summary>Gets the settings.</summary>
    public CrossEncoderLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Hofstaetter];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, CrossEncoderInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireScores(this);
        float[] labels = [.. input.RequireLabels(this, count => count, "a score for each text after the first").SelectMany(row => row)];
        return run.MeanSquaredError(input.Logits, Tensor.From(labels, labels.Length, 1));
    }
}
