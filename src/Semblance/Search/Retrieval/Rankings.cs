namespace Semblance;

/// <summary>Represents the best hits of many queries; thread-safe.</summary>
internal sealed class Rankings
{
    private readonly Best<SearchHit>[] _best;
    private readonly KthLargest[] _expected; // lower bounds of scores
    private readonly float[] _bars;

    /// <param name="count">The number of queries.</param>
    /// <param name="topK">The maximum number of hits per query.</param>
    /// <param name="minimum">The minimum score of a hit.</param>
    public Rankings(int count, int topK, float minimum)
    {
        (_best, _expected) = (new Best<SearchHit>[count], new KthLargest[count]);
        for (var i = 0; i < count; i++)
        {
            (_best[i], _expected[i]) = (new Best<SearchHit>(topK, minimum), new KthLargest(topK));
        }

        _bars = new float[count];
        Array.Fill(_bars, minimum);
    }

    /// <summary>Gets for each query a score below which no result becomes a hit; the scores rise while other threads add results.</summary>
    public ReadOnlySpan<float> Bars => _bars;

    public Best<SearchHit> this[int query] => _best[query];

    /// <summary>Adds a result.</summary>
    public void Add(int query, SearchHit hit)
    {
        _best[query].Add(hit);
        Raise(query, _best[query].Threshold);
    }

    /// <summary>Raises the threshold of a query by results that will be added.</summary>
    /// <param name="query">The query.</param>
    /// <param name="scores">Lower bounds of the scores of these results, each given once.</param>
    public void Expect(int query, ReadOnlySpan<float> scores) => Raise(query, _expected[query].Add(scores));

    // If another thread writes a lower threshold, more results pass.
    private void Raise(int query, float bar) => _bars[query] = Math.Max(_bars[query], bar);
}
