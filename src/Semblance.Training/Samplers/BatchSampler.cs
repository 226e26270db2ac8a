namespace Semblance.Training;

/// <summary>
/// Represents a sampler, which selects the rows of each batch. The batches of an epoch depend only on the random seed and the epoch.
/// </summary>
public abstract class BatchSampler
{
    /// <summary>Initializes a new instance of the <see cref="BatchSampler"/> class.</summary>
    /// <param name="seed">The random seed.</param>
    protected BatchSampler(long seed) => Seed = seed;

    /// <summary>Gets the random seed.</summary>
    public long Seed { get; }

    /// <summary>Returns the batches of an epoch.</summary>
    /// <param name="epoch">The index of the epoch, from 0.</param>
    public abstract IEnumerable<Batch> Batches(long epoch);

    /// <summary>Returns a message that explains why an epoch has no batch, and the remedy.</summary>
    /// <param name="epoch">The index of the epoch, from 0.</param>
    public virtual string WhyNoBatch(long epoch) =>
        $"There is no full batch: {GetType().Name} makes none of its data. Give it more rows, or a smaller batch size.";

    /// <summary>Returns the number of batches of an epoch.</summary>
    /// <param name="epoch">The index of the epoch, from 0.</param>
    public virtual long Count(long epoch) => Batches(epoch).LongCount();
}
