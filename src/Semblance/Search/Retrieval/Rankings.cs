namespace Semblance;

/// <summary>The best hits of many queries at once, for several threads.</summary>
internal sealed class Rankings
{
    private readonly Best<SearchHit>[] _best;
    private readonly float[] _bars;

    /// <param name="count">The number of queries.</param>
    /// <param name="topK">How many hits each keeps.</param>
    /// <param name="minimum">The score below which nothing is a hit.</param>
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

    /// <summary>For each query a score below which nothing becomes one of its hits; they rise while others add.</summary>
    public ReadOnlySpan<float> Bars => _bars;

    public Best<SearchHit> this[int query] => _best[query];

    public void Add(int query, SearchHit hit)
    {
        var best = _best[query];
        best.Add(hit);
        _bars[query] = best.Threshold; // an older, lower bar written late only lets more through
    }
}
