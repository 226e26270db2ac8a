namespace Semblance;

/// <summary>Represents the best hits of many queries; thread-safe.</summary>
internal sealed class Rankings
{
    private readonly Best<SearchHit>[] _best;
    private readonly float[] _bars;

    /// <param name="count">The number of queries.</param>
    /// <param name="topK">The maximum number of hits per query.</param>
    /// <param name="minimum">The minimum score of a hit.</param>
    public Rankings(int count, int topK, float minimum)
    {
        _best = new Best<SearchHit>[count];
        for (var i = 0; i < count; i++)
        {
            _best[i] = new Best<SearchHit>(topK, minimum);
        }

        _bars = new float[count];
        Array.Fill(_bars, minimum);
    }

    /// <summary>Gets for each query a score below which no result becomes a hit; the scores rise while other threads add results.</summary>
    public ReadOnlySpan<float> Bars => _bars;

    public Best<SearchHit> this[int query] => _best[query];

    public void Add(int query, SearchHit hit)
    {
        var best = _best[query];
        best.Add(hit);
        _bars[query] = best.Threshold; // if an older, lower threshold is written late, more results pass
    }
}
