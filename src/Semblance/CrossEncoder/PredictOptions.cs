using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Provides the options of <see cref="CrossEncoder"/> for prediction. The defaults are the settings in the model's files.
/// </summary>
public sealed record PredictOptions : TextOptions
{
    /// <summary>Gets the default options.</summary>
    public static PredictOptions Default { get; } = new();

    /// <summary>
    /// Gets the activation function of the logits; null for the model's own, <see cref="Activation.Identity"/> for the logits themselves.
    /// </summary>
    public Activation? Activation { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the scores of a pair's labels are converted to probabilities with the sum 1. Models with one
    /// label do not support it.
    /// </summary>
    public bool ApplySoftmax { get; init; }
}
