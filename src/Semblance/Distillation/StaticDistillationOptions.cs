namespace Semblance.Distillation;

/// <summary>Provides the options for distilling a transformer into a static model; the defaults are those of Model2Vec.</summary>
public sealed record StaticDistillationOptions
{
    /// <summary>
    /// Gets the number of principal components to keep, 256 by default; at most the hidden size of the transformer. Null, or a vocabulary
    /// with no more tokens than that, keeps the vectors unchanged.
    /// </summary>
    public int? Dimensions { get; init; } = 256;

    /// <summary>
    /// Gets the coefficient a of the token weights a / (a + p), where p is the probability of a token by Zipf's law, with its rank taken
    /// from its position in the vocabulary (Arora et al. 2017). 10⁻⁴ by default; null for weights of 1.
    /// </summary>
    public double? SifCoefficient { get; init; } = 1e-4;

    /// <summary>
    /// Gets the regular expression of unused tokens: a token that begins with a match gets a vector of zeros; null for none.
    /// </summary>
    public string? Unused { get; init; } = @"\[unused\d+\]";

    /// <summary>Gets the approximate number of tokens of a batch, which one thread computes, 512 by default.</summary>
    public int BatchTokens { get; init; } = 512;

    /// <summary>Gets the maximum number of threads; null for one for each physical core. The result does not depend on it.</summary>
    public int? MaxThreads { get; init; }
}
