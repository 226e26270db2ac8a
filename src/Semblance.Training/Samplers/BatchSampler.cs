namespace Semblance.Training;

/// <summary>Says which rows make up each batch. The batches of an epoch are a function of the seed and the epoch alone.</summary>
public abstract class BatchSampler
{
    /// <summary>A sampler.</summary>
    /// <param name="seed">Where chance begins.</param>
    protected BatchSampler(long seed) => Seed = seed;

    /// <summary>Where chance begins.</summary>
    public long Seed { get; }

    /// <summary>The batches of an epoch.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    public abstract IEnumerable<Batch> Batches(long epoch);

    /// <summary>Says why an epoch has no batch, and what to do; for samplers that found none.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    public virtual string WhyNoBatch(long epoch) => $"There is no full batch: {GetType().Name} makes none of its data. Give it more rows, or a smaller batch size.";

    /// <summary>How many batches an epoch has.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    public virtual long Count(long epoch) => Batches(epoch).LongCount();
}
