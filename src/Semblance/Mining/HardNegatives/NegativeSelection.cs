namespace Semblance;

/// <summary>Selects negatives among the nearest texts of each anchor and counts the rejected ones by reason.</summary>
/// <param name="options">The limits for negatives.</param>
/// <param name="range">The number of texts within the limits to consider.</param>
internal sealed class NegativeSelection(HardNegativeOptions options, int range)
{
    private readonly Random _random = new(options.Seed);
    private readonly OrderedDictionary<string, long> _rejected = new(
        new (string Name, float? Limit)[]
        {
            (nameof(HardNegativeOptions.AbsoluteMargin), options.AbsoluteMargin),
            (nameof(HardNegativeOptions.RelativeMargin), options.RelativeMargin),
            (nameof(HardNegativeOptions.MaxScore), options.MaxScore),
            (nameof(HardNegativeOptions.MinScore), options.MinScore),
        }.Where(limit => limit.Limit is not null).Select(limit => KeyValuePair.Create(limit.Name, 0L)));

    /// <summary>Gets the number of candidates.</summary>
    public long Candidates { get; private set; }

    /// <summary>Gets the number of candidates that each given limit rejected.</summary>
    public IReadOnlyDictionary<string, long> Rejected => _rejected;

    /// <summary>Returns the negatives of an anchor, the most similar first.</summary>
    /// <param name="hits">The nearest texts in descending order of score.</param>
    /// <param name="positives">The indices of its positives.</param>
    /// <param name="worstPositive">The lowest score of its positives, to which the margins apply.</param>
    public SearchHit[] Of(SearchHit[] hits, IReadOnlyList<int> positives, float worstPositive)
    {
        SearchHit[] candidates = options.IncludePositives ? hits : [.. hits.Where(hit => !positives.Contains(hit.Index))];
        Candidates += candidates.Length;
        SearchHit[] passed = [.. candidates.Where(hit => Passes(hit.Score, worstPositive)).Take(range).Skip(options.RangeMin)];
        var count = Math.Min(options.NumNegatives, passed.Length);
        if (options.Sampling == NegativeSampling.Top)
        {
            return passed[..count];
        }

        int[] places = [.. Enumerable.Range(0, passed.Length)];
        _random.Shuffle(places);
        return [.. places.Take(count).Order().Select(place => passed[place])];
    }

    private bool Passes(float score, float worstPositive)
    {
        var reason =
            score + options.AbsoluteMargin > worstPositive ? nameof(HardNegativeOptions.AbsoluteMargin)
            : score > worstPositive - (Math.Abs(worstPositive) * options.RelativeMargin) ? nameof(HardNegativeOptions.RelativeMargin)
            : score > options.MaxScore ? nameof(HardNegativeOptions.MaxScore)
            : score < options.MinScore ? nameof(HardNegativeOptions.MinScore)
            : null;
        if (reason is not null)
        {
            _rejected[reason]++;
        }

        return reason is null;
    }
}
