namespace Semblance;

/// <summary>Which texts <see cref="HardNegativeMining"/> takes for negatives. Names and defaults are those of sentence-transformers' <c>mine_hard_negatives</c>.</summary>
public sealed record HardNegativeOptions
{
    /// <summary>How many of the closest texts that pass everything else are left out, since they may answer too; 0 by default.</summary>
    public int RangeMin { get; init; }

    /// <summary>
    /// How many of the closest texts are looked at. Null, the default, for <see cref="RangeMin"/> and <see cref="NumNegatives"/> — ten times that
    /// where a margin or <see cref="MaxScore"/> rejects some — and the most positives that an anchor has.
    /// </summary>
    public int? RangeMax { get; init; }

    /// <summary>The score that a negative has at least; null for any.</summary>
    public float? MinScore { get; init; }

    /// <summary>The score that a negative has at most; null for any.</summary>
    public float? MaxScore { get; init; }

    /// <summary>How far a negative's score lies below that of the anchor's worst positive at least; null for no such limit.</summary>
    public float? AbsoluteMargin { get; init; }

    /// <summary>
    /// What part of the score of the anchor's worst positive a negative misses at least: 0.05 for at most 95 % of it, the best of
    /// NV-Retriever (arXiv:2407.15831). A score below zero counts by its magnitude: −0.4 becomes −0.42. Null for no such limit.
    /// </summary>
    public float? RelativeMargin { get; init; }

    /// <summary>How many negatives an anchor gets at most; 3 by default.</summary>
    public int NumNegatives { get; init; } = 3;

    /// <summary>Which of those that pass are taken; the closest by default.</summary>
    public NegativeSampling Sampling { get; init; }

    /// <summary>Where chance begins, for <see cref="NegativeSampling.Random"/>; 0 by default.</summary>
    public int Seed { get; init; }

    /// <summary>Takes positives for candidates too: for rankings that a reranker is evaluated on, not for training.</summary>
    public bool IncludePositives { get; init; }

    /// <summary>How anchors are encoded, their prompt among it; the model's own way for queries by default.</summary>
    public EncodeOptions Queries { get; init; } = EncodeOptions.Default;

    /// <summary>How positives and the corpus are encoded, their prompt among it; the model's own way for documents by default.</summary>
    public EncodeOptions Corpus { get; init; } = EncodeOptions.Default;

    /// <summary>How a cross-encoder predicts; its own way by default.</summary>
    public PredictOptions CrossEncoder { get; init; } = PredictOptions.Default;

    /// <summary>How many texts are looked at where an anchor has so many positives at most.</summary>
    internal int Range(int positives) =>
        RangeMax ?? RangeMin + (NumNegatives * (AbsoluteMargin is null && RelativeMargin is null && MaxScore is null ? 1 : 10)) + positives;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(RangeMin);
        ArgumentOutOfRangeException.ThrowIfLessThan(NumNegatives, 1);
        if (RangeMax <= RangeMin)
        {
            throw new ArgumentOutOfRangeException(nameof(RangeMax), RangeMax, $"RangeMax must be larger than RangeMin, {RangeMin}, or nothing is left.");
        }

        if (NumNegatives > (RangeMax ?? int.MaxValue) - RangeMin)
        {
            throw new ArgumentOutOfRangeException(
                nameof(NumNegatives), NumNegatives, $"Only {RangeMax - RangeMin} texts are looked at after the first {RangeMin} of {RangeMax}; lower NumNegatives or RangeMin, or raise RangeMax.");
        }

        if (!Enum.IsDefined(Sampling))
        {
            throw new ArgumentOutOfRangeException(nameof(Sampling), Sampling, "There is no such sampling.");
        }

        foreach (var (name, limit) in new[] { (nameof(MinScore), MinScore), (nameof(MaxScore), MaxScore), (nameof(AbsoluteMargin), AbsoluteMargin), (nameof(RelativeMargin), RelativeMargin) })
        {
            if (limit is { } value && !float.IsFinite(value))
            {
                throw new ArgumentOutOfRangeException(name, value, "The limit must be a finite number; leave it out for none.");
            }
        }

        if (MinScore > MaxScore)
        {
            throw new ArgumentOutOfRangeException(nameof(MinScore), MinScore, $"MinScore is larger than MaxScore, {MaxScore}, so nothing passes.");
        }
    }
}
