namespace Semblance.Training;

/// <summary>All batches of all data sets, in an order by chance: larger data sets come more often, and all end together.</summary>
/// <param name="samplers">A sampler for each data set.</param>
/// <param name="seed">Where chance begins.</param>
public sealed class ProportionalBatchSampler(IReadOnlyList<BatchSampler> samplers, long seed = 0) : MultiDatasetBatchSampler(samplers, seed)
{
    private protected override IEnumerable<int> Order(long epoch)
    {
        var counts = Samplers.Select(sampler => checked((int)sampler.Count(epoch))).ToArray();
        if (counts.Contains(0))
        {
            throw new SamplerException(WhyNoBatch(epoch)); // a data set would be left out silently
        }

        var order = counts.SelectMany((count, i) => Enumerable.Repeat(i, count)).ToArray();
        Permutation.Shuffle<int>(order, Seed, epoch);
        return order;
    }

    /// <inheritdoc/>
    public override long Count(long epoch) => Samplers.Sum(sampler => sampler.Count(epoch));
}
