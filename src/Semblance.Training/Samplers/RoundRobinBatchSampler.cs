namespace Semblance.Training;

/// <summary>A batch of each data set in turn, until the first has no more: all count alike, and of larger ones a part is left.</summary>
/// <param name="samplers">A sampler for each data set.</param>
public sealed class RoundRobinBatchSampler(IReadOnlyList<BatchSampler> samplers) : MultiDatasetBatchSampler(samplers, seed: 0)
{
    private protected override IEnumerable<int> Order(long epoch)
    {
        for (var turn = 0; ; turn = (turn + 1) % Samplers.Count)
        {
            yield return turn;
        }
    }

    /// <inheritdoc/>
    public override long Count(long epoch)
    {
        // Those before the first one that runs out have had one turn more.
        var counts = Samplers.Select(sampler => sampler.Count(epoch)).ToList();
        return (counts.Min() * Samplers.Count) + counts.IndexOf(counts.Min());
    }
}
