namespace Semblance;

/// <summary>Collects the nearest vectors of each vector.</summary>
/// <param name="rows">The rankings of the first vectors of the pairs.</param>
/// <param name="columns">The rankings of the second vectors; the same object if both are of one set.</param>
internal sealed class NearestPairs(Rankings rows, Rankings columns) : IPairSink
{
    public void Take(ReadOnlySpan<float> scores, int first, int second)
    {
        var bar = rows.Bars[first];
        for (var i = ScoreScan.Next(scores, 0, bar); i < scores.Length; i = ScoreScan.Next(scores, i + 1, bar))
        {
            rows.Add(first, new SearchHit(second + i, scores[i]));
            bar = rows.Bars[first];
        }

        var bars = columns.Bars.Slice(second, scores.Length);
        for (var i = ScoreScan.Next(scores, 0, bars); i < scores.Length; i = ScoreScan.Next(scores, i + 1, bars))
        {
            columns.Add(second + i, new SearchHit(first, scores[i]));
        }
    }

    /// <summary>Adds the pairs of one set in which one vector is among the nearest of the other, each once.</summary>
    /// <param name="count">The number of vectors.</param>
    /// <param name="best">The receiver of the pairs.</param>
    public void AddTo(int count, Best<ScoredPair> best)
    {
        for (var row = 0; row < count; row++)
        {
            foreach (var hit in rows[row].ToArray())
            {
                if (row < hit.Index)
                {
                    best.Add(new ScoredPair(row, hit.Index, hit.Score));
                }
                else if (!rows[hit.Index].Keeps(new SearchHit(row, hit.Score)))
                {
                    best.Add(new ScoredPair(hit.Index, row, hit.Score)); // not found from the other side
                }
            }
        }
    }
}
