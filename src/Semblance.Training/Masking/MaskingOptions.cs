namespace Semblance.Training;

/// <summary>How tokens are hidden for a masked language model. The defaults are BERT's, with whole words.</summary>
public sealed record MaskingOptions
{
    /// <summary>How many of the tokens are to be predicted, above 0 and at most 1; 0.15 by default.</summary>
    public double Rate { get; init; } = 0.15;

    /// <summary>How many of those the mask token replaces; 0.8 by default.</summary>
    public double Masked { get; init; } = 0.8;

    /// <summary>How many of those a random token replaces; 0.1 by default. The rest stay as they are.</summary>
    public double Random { get; init; } = 0.1;

    /// <summary>
    /// Whether all pieces of a word are chosen together: a token and the <c>##</c> pieces that follow it. True by default. With other
    /// vocabularies each token is a word.
    /// </summary>
    public bool WholeWords { get; init; } = true;

    internal void Check()
    {
        if (!(Rate > 0 && Rate <= 1) || !(Masked >= 0 && Random >= 0 && Masked + Random <= 1))
        {
            throw new ArgumentException($"The rate {Rate} must be above 0 and at most 1, and the shares {Masked} masked and {Random} random at least 0 and together at most 1.", "options");
        }
    }
}
