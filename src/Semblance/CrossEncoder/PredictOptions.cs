using Semblance.Tensors;

namespace Semblance;

/// <summary>How <see cref="CrossEncoder"/> predicts; every default is what the model's own files say.</summary>
public sealed record PredictOptions : TextOptions
{
    /// <summary>The defaults.</summary>
    public static PredictOptions Default { get; } = new();

    /// <summary>What follows the logits; null for the model's own, <see cref="Activation.Identity"/> for the logits themselves.</summary>
    public Activation? Activation { get; init; }

    /// <summary>Turns the scores of a pair's labels into probabilities that add up to 1. Not for models with one label.</summary>
    public bool ApplySoftmax { get; init; }
}
