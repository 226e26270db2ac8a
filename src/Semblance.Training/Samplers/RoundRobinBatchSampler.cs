namespace Semblance.Training;

/// <summary>
/// Represents a sampler that takes a batch of each data set in turn, until one has no more; the rest of the larger data sets is skipped.
/// </summary>
/// <param name="samplers">The samplers, one for each data set.</param>
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
        // The data sets before the first one that runs out have had one more turn.
        var counts = Samplers.Select(sampler => sampler.Count(epoch)).ToList();
        return (counts.Min() * Samplers.Count) + counts.IndexOf(counts.Min());
    }
}
