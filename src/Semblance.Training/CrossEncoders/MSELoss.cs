using Semblance.Tensors;

namespace Semblance.Training.CrossEncoders;

/// <summary>
/// The mean squared difference of scores and a teacher's: how a small cross-encoder learns from a large one (Hofstätter et al. 2020,
/// arXiv:2010.02666, compare it with margins). A label for each candidate, on the scale of logits.
/// </summary>
public sealed class MSELoss(CrossEncoderLossSettings? settings = null) : CrossEncoderLoss(settings)
{
    /// <summary>Gets the entry of the loss in recipes.</summary>
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
