namespace Semblance;

/// <summary>
/// Represents the options of <see cref="HardNegativeMining"/>. Names and defaults are those of sentence-transformers'
/// <c>mine_hard_negatives</c>.
/// </summary>
public sealed record HardNegativeOptions
{
    /// <summary>Gets the number of nearest texts within the limits to skip, since they may be positives; 0 by default.</summary>
    public int RangeMin { get; init; }

    /// <summary>
    /// Gets the number of nearest texts to consider. The default, <see langword="null"/>, means <see cref="RangeMin"/> plus
    /// <see cref="NumNegatives"/> (ten times that if a margin or <see cref="MaxScore"/> rejects some) plus the largest number of positives
    /// of an anchor.
    /// </summary>
    public int? RangeMax { get; init; }

    /// <summary>Gets the minimum score of a negative; <see langword="null"/>, the default, for no minimum.</summary>
    public float? MinScore { get; init; }

    /// <summary>Gets the maximum score of a negative; <see langword="null"/>, the default, for no maximum.</summary>
    public float? MaxScore { get; init; }

    /// <summary>
    /// Gets the minimum difference between the score of the anchor's worst positive and that of a negative; <see langword="null"/>, the
    /// default, for no limit.
    /// </summary>
    public float? AbsoluteMargin { get; init; }

    /// <summary>
    /// Gets the minimum relative difference between the score of the anchor's worst positive and that of a negative: 0.05 for at most 95 %
    /// of it, the best value of NV-Retriever (arXiv:2407.15831). For a score below zero, its magnitude counts: −0.4 becomes −0.42.
    /// <see langword="null"/>, the default, for no limit.
    /// </summary>
    public float? RelativeMargin { get; init; }

    /// <summary>Gets the maximum number of negatives per anchor; 3 by default.</summary>
    public int NumNegatives { get; init; } = 3;

    /// <summary>Gets the selection among the remaining candidates; the most similar ones by default.</summary>
    public NegativeSampling Sampling { get; init; }

    /// <summary>Gets the random seed for <see cref="NegativeSampling.Random"/>; 0 by default.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Gets a value that indicates whether positives are candidates too: for rankings to evaluate a reranker on, not for training.
    /// </summary>
    public bool IncludePositives { get; init; }

    /// <summary>Gets the encoding options of the anchors, including their prompt; the model's options for queries by default.</summary>
    public EncodeOptions Queries { get; init; } = EncodeOptions.Default;

    /// <summary>
    /// Gets the encoding options of the positives and the corpus, including their prompt; the model's options for documents by default.
    /// </summary>
    public EncodeOptions Corpus { get; init; } = EncodeOptions.Default;

    /// <summary>Gets the prediction options of the cross-encoder.</summary>
    public PredictOptions CrossEncoder { get; init; } = PredictOptions.Default;

    /// <summary>Returns the number of texts to consider if an anchor has at most the given number of positives.</summary>
    internal int Range(int positives) =>
        RangeMax ?? RangeMin + (NumNegatives * (AbsoluteMargin is null && RelativeMargin is null && MaxScore is null ? 1 : 10)) + positives;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(RangeMin);
        ArgumentOutOfRangeException.ThrowIfLessThan(NumNegatives, 1);
        if (RangeMax <= RangeMin)
        {
            throw new ArgumentOutOfRangeException(
                nameof(RangeMax), RangeMax, $"RangeMax must be larger than RangeMin, {RangeMin}, or nothing is left.");
        }

        if (NumNegatives > (RangeMax ?? int.MaxValue) - RangeMin)
        {
            throw new ArgumentOutOfRangeException(
                nameof(NumNegatives),
                NumNegatives,
                $"Only {RangeMax - RangeMin} texts are looked at after the first {RangeMin} of {RangeMax}; lower NumNegatives or " +
                "RangeMin, or raise RangeMax.");
        }

        if (!Enum.IsDefined(Sampling))
        {
            throw new ArgumentOutOfRangeException(nameof(Sampling), Sampling, "There is no such sampling.");
        }

        foreach (var (name, limit) in new[]
        {
            (nameof(MinScore), MinScore),
            (nameof(MaxScore), MaxScore),
            (nameof(AbsoluteMargin), AbsoluteMargin),
            (nameof(RelativeMargin), RelativeMargin),
        })
        {
            if (limit is { } value && !float.IsFinite(value))
            {
                throw new ArgumentOutOfRangeException(name, value, "The limit must be a finite number; leave it out for none.");
            }
        }

        if (MinScore > MaxScore)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MinScore), MinScore, $"MinScore is larger than MaxScore, {MaxScore}, so nothing passes.");
        }
    }
}
