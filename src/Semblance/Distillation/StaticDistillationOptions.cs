namespace Semblance.Distillation;

/// <summary>How a static model is made of a transformer; the defaults are those of Model2Vec.</summary>
public sealed record StaticDistillationOptions
{
    /// <summary>
    /// The principal components that are kept, 256 by default; no more than the transformer is wide. Null leaves the vectors as they are, and so
    /// does a vocabulary with no more tokens than that.
    /// </summary>
    public int? Dimensions { get; init; } = 256;

    /// <summary>
    /// The weight of a token is a / (a + p), with p its probability by Zipf's law: how frequent it is, is taken from its place in the vocabulary
    /// (Arora et al. 2017). 10⁻⁴ by default; null weighs all alike.
    /// </summary>
    public double? SifCoefficient { get; init; } = 1e-4;

    /// <summary>Tokens that begin with a match of this regular expression get a vector of zeros; null for none.</summary>
    public string? Unused { get; init; } = @"\[unused\d+\]";

    /// <summary>About how many tokens one thread works on at a time, 2,048 by default.</summary>
    public int BatchTokens { get; init; } = 2048;

    /// <summary>The most threads to use; null for one for each physical core. The result does not depend on it.</summary>
    public int? MaxThreads { get; init; }
}
