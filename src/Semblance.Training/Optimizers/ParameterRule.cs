using System.IO.Enumeration;

namespace Semblance.Training;

/// <summary>Represents a rule for the training of the parameters whose names match a pattern.</summary>
/// <param name="Pattern">
/// The pattern of the whole name, case-sensitive: <c>*</c> matches any characters, <c>?</c> one character, as in <c>*.embeddings.*</c> or
/// <c>*.layer.0.*</c>.
/// </param>
public sealed record ParameterRule(string Pattern)
{
    /// <summary>Gets the factor of the learning rate; 1 by default.</summary>
    public double LearningRateFactor { get; init; } = 1;

    /// <summary>
    /// Gets the weight decay, also of biases and norms; <see langword="null"/>, the default, for the decay without the rule.
    /// </summary>
    public double? WeightDecay { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the parameters are frozen: they have no gradients and are not written to checkpoints;
    /// <see langword="false"/> by default.
    /// </summary>
    public bool Frozen { get; init; }

    /// <summary>Returns a value that indicates whether a parameter's name matches the pattern.</summary>
    public bool Matches(string name) => FileSystemName.MatchesSimpleExpression(Pattern, name, ignoreCase: false);
}
