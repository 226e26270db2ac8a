namespace Semblance.Training;

/// <summary>
/// Represents a sampler of all batches of all data sets in random order, so that each data set is sampled in proportion to its size.
/// </summary>
/// <param name="samplers">The samplers, one for each data set.</param>
/// <param name="seed">The random seed.</param>
public sealed class ProportionalBatchSampler(IReadOnlyList<BatchSampler> samplers, long seed = 0) : MultiDatasetBatchSampler(samplers, seed)
{
    private protected override IEnumerable<int> Order(long epoch)
    {
        var counts = Samplers.Select(sampler => checked((int)sampler.Count(epoch))).ToArray();
        if (counts.Contains(0))
        {
            throw new SamplerException(WhyNoBatch(epoch)); // otherwise, the data set would be left out silently
        }

        var order = counts.SelectMany((count, i) => Enumerable.Repeat(i, count)).ToArray();
        Permutation.Shuffle<int>(order, Seed, epoch);
        return order;
    }

    /// <inheritdoc/>
    public override long Count(long epoch) => Samplers.Sum(sampler => sampler.Count(epoch));
}
