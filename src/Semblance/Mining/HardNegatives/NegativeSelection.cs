namespace Semblance;

/// <summary>Chooses negatives among the closest texts of each anchor, and counts what was rejected for which reason.</summary>
/// <param name="options">What passes.</param>
/// <param name="range">How many of those that pass are looked at.</param>
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

    /// <summary>How many texts there were to choose from.</summary>
    public long Candidates { get; private set; }

    /// <summary>How many of them each limit rejected that was given.</summary>
    public IReadOnlyDictionary<string, long> Rejected => _rejected;

    /// <summary>The negatives of an anchor, the closest first.</summary>
    /// <param name="hits">The texts that are closest to it, the best first.</param>
    /// <param name="positives">The places of its positives.</param>
    /// <param name="worstPositive">The lowest of their scores: margins are kept to all.</param>
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
