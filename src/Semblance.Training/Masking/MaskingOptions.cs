namespace Semblance.Training;

/// <summary>Represents the options of token masking. The defaults are BERT's, with whole-word masking.</summary>
public sealed record MaskingOptions
{
    /// <summary>Gets the share of tokens to predict, above 0 and at most 1; 0.15 by default.</summary>
    public double Rate { get; init; } = 0.15;

    /// <summary>Gets the share of these that the mask token replaces; 0.8 by default.</summary>
    public double Masked { get; init; } = 0.8;

    /// <summary>Gets the share of these that a random token replaces; 0.1 by default. The rest are unchanged.</summary>
    public double Random { get; init; } = 0.1;

    /// <summary>
    /// Gets a value that indicates whether all pieces of a word are selected together (whole-word masking): a token and the <c>##</c>
    /// pieces that follow it; <see langword="true"/> by default. With other vocabularies, each token is a word.
    /// </summary>
    public bool WholeWords { get; init; } = true;

    internal void Check()
    {
        if (!(Rate > 0 && Rate <= 1) || !(Masked >= 0 && Random >= 0 && Masked + Random <= 1))
        {
            throw new ArgumentException(
                $"The rate {Rate} must be above 0 and at most 1, and the shares {Masked} masked and {Random} random at least 0 "
                + "and together at most 1.",
                "options");
        }
    }
}
