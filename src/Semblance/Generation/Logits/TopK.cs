namespace Semblance.Generation;

/// <summary>Keeps the most likely tokens, and those that are as likely as the last of them (Fan et al. 2018, arXiv:1805.04833).</summary>
internal sealed class TopK(int count) : LogitsProcessor
{
    public override void Process(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        if (count >= scores.Length)
        {
            return;
        }

        // A heap of the largest scores so far, the smallest first.
        var largest = new PriorityQueue<float, float>(count + 1);
        foreach (var score in scores)
        {
            if (largest.Count < count)
            {
                largest.Enqueue(score, score);
            }
            else if (score > largest.Peek())
            {
                largest.EnqueueDequeue(score, score);
            }
        }

        var least = largest.Peek();
        foreach (ref var score in scores)
        {
            score = score < least ? float.NegativeInfinity : score;
        }
    }
}
