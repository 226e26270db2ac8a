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
    /// pieces that follow it, or the tokens up to the next that begins with a space (<c>Ġ</c>, <c>▁</c>); <see langword="true"/> by
    /// default. With other vocabularies, each token is a word.
    /// </summary>
    public bool WholeWords { get; init; } = true;

    /// <summary>
    /// Gets the maximum length of a span of consecutive words that are selected together, from 1; 1, the default, for single words. SpanBERT
    /// (Joshi et al. 2020, arXiv:1907.10529) has 10. Lengths are geometrically distributed with the parameter <see cref="SpanEnd"/>, and
    /// a span is masked, replaced or unchanged as a whole.
    /// </summary>
    public int LongestSpan { get; init; } = 1;

    /// <summary>Gets the probability that a span ends after a word, above 0 and at most 1; 0.2 by default, as in SpanBERT.</summary>
    public double SpanEnd { get; init; } = 0.2;

    // The probabilities of the lengths 1, 2, …: a geometric distribution without the lengths that are too long.
    internal double[] SpanLengths()
    {
        double[] lengths = [.. Enumerable.Range(0, LongestSpan).Select(i => SpanEnd * Math.Pow(1 - SpanEnd, i))];
        var sum = lengths.Sum();
        return Array.ConvertAll(lengths, length => length / sum);
    }

    internal void Check()
    {
        if (LongestSpan is < 1 or > 1000 || !(SpanEnd > 0 && SpanEnd <= 1))
        {
            throw new ArgumentException(
                $"The longest span {LongestSpan} must be from 1 to 1000, and the probability {SpanEnd} of its end above 0 and at most 1.",
                "options");
        }

        if (!(Rate > 0 && Rate <= 1) || !(Masked >= 0 && Random >= 0 && Masked + Random <= 1))
        {
            throw new ArgumentException(
                $"The rate {Rate} must be above 0 and at most 1, and the shares {Masked} masked and {Random} random at least 0 "
                + "and together at most 1.",
                "options");
        }
    }
}
