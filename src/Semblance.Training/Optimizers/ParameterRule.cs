using System.IO.Enumeration;

namespace Semblance.Training;

/// <summary>Trains the parameters whose names match a pattern in another way.</summary>
/// <param name="Pattern">
/// What the whole name must match: <c>*</c> stands for any characters, <c>?</c> for one. Case counts. As in
/// <c>*.embeddings.*</c> or <c>*.layer.0.*</c>.
/// </param>
public sealed record ParameterRule(string Pattern)
{
    /// <summary>What the learning rate is multiplied by; 1 by default.</summary>
    public double LearningRateFactor { get; init; } = 1;

    /// <summary>The weight decay, also of biases and norms; null for what holds without the rule.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>Gets whether the parameters are frozen: no gradient is computed, kept or written to checkpoints for them. False by default.</summary>
    public bool Frozen { get; init; }

    /// <summary>Whether the rule holds for a parameter.</summary>
    public bool Matches(string name) => FileSystemName.MatchesSimpleExpression(Pattern, name, ignoreCase: false);
}
