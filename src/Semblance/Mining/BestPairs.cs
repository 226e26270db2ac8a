namespace Semblance;

/// <summary>Collects the best pairs.</summary>
internal sealed class BestPairs(Best<ScoredPair> best) : IPairSink
{
    private const int Batch = 64;

    public void Take(ReadOnlySpan<float> scores, int first, int second)
    {
        // Almost always, no score reaches the threshold.
        var next = ScoreScan.Next(scores, 0, best.Threshold);
        if (next < scores.Length)
        {
            Collect(scores, next, first, second);
        }
    }

    private void Collect(ReadOnlySpan<float> scores, int next, int first, int second)
    {
        Span<ScoredPair> batch = stackalloc ScoredPair[Batch];
        while (next < scores.Length)
        {
            var count = 0;
            for (var bar = best.Threshold; next < scores.Length && count < Batch; next = ScoreScan.Next(scores, next + 1, bar))
            {
                batch[count++] = new ScoredPair(first, second + next, scores[next]);
            }

            best.Add(batch[..count]);
        }
    }
}
