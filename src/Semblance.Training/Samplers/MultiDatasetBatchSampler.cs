namespace Semblance.Training;

/// <summary>Represents a sampler of several data sets. Each batch is from one data set.</summary>
public abstract class MultiDatasetBatchSampler : BatchSampler
{
    private protected MultiDatasetBatchSampler(IReadOnlyList<BatchSampler> samplers, long seed)
        : base(seed)
    {
        ArgumentNullException.ThrowIfNull(samplers);
        Samplers = samplers.Count > 0 ? samplers : throw new ArgumentException("There must be at least one data set.", nameof(samplers));
    }

    /// <summary>Gets the samplers, one for each data set.</summary>
    public IReadOnlyList<BatchSampler> Samplers { get; }

    /// <inheritdoc/>
    public override IEnumerable<Batch> Batches(long epoch)
    {
        var batches = Samplers.Select(sampler => sampler.Batches(epoch).GetEnumerator()).ToArray();
        try
        {
            foreach (var dataset in Order(epoch))
            {
                if (!batches[dataset].MoveNext())
                {
                    yield break;
                }

                yield return batches[dataset].Current with { Dataset = dataset };
            }
        }
        finally
        {
            Array.ForEach(batches, enumerator => enumerator.Dispose());
        }
    }

    /// <inheritdoc/>
    public override string WhyNoBatch(long epoch)
    {
        var (place, sampler) = Samplers.Index().First(sampler => sampler.Item.Count(epoch) == 0);
        return $"Data set {place + 1} of {Samplers.Count}: {sampler.WhyNoBatch(epoch)}";
    }

    /// <summary>Returns the data set of each batch; the epoch ends when a data set has no further batch.</summary>
    private protected abstract IEnumerable<int> Order(long epoch);
}
