namespace Semblance.Training;

/// <summary>Represents the endless stream of a sampler's batches, epoch after epoch, from any position.</summary>
public sealed class BatchStream : IDisposable
{
    private readonly BatchSampler _sampler;
    private IEnumerator<Batch> _batches;

    /// <summary>
    /// Initializes a new instance of the <see cref="BatchStream"/> class that continues from a position of the same sampler.
    /// </summary>
    /// <param name="sampler">The sampler, with the same data and seed.</param>
    /// <param name="position">The position; the first batch of the first epoch by default.</param>
    /// <exception cref="ArgumentException">The epoch has fewer batches than have been used: the data or the sampler differ.</exception>
    public BatchStream(BatchSampler sampler, SamplerPosition position = default)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentOutOfRangeException.ThrowIfNegative(position.Epoch, nameof(position));
        ArgumentOutOfRangeException.ThrowIfNegative(position.Batches, nameof(position));
        (_sampler, Position) = (sampler, position);
        _batches = sampler.Batches(position.Epoch).GetEnumerator();
        for (var used = 0L; used < position.Batches; used++)
        {
            if (!_batches.MoveNext())
            {
                throw new ArgumentException(
                    $"Epoch {position.Epoch} has {used} batches, but {position.Batches} have been used: the data set, the batch size or "
                    + "the seed is not the same.",
                    nameof(position));
            }
        }
    }

    /// <summary>Gets the position of the stream, from which another stream can continue.</summary>
    public SamplerPosition Position { get; private set; }

    /// <summary>Returns the next batch, from the next epoch if this one has ended, and advances <see cref="Position"/>.</summary>
    /// <exception cref="SamplerException">An epoch has no batch.</exception>
    public Batch Next()
    {
        if (!_batches.MoveNext())
        {
            _batches.Dispose();
            Position = new SamplerPosition(Position.Epoch + 1, 0);
            _batches = _sampler.Batches(Position.Epoch).GetEnumerator();
            if (!_batches.MoveNext())
            {
                throw new SamplerException(_sampler.WhyNoBatch(Position.Epoch));
            }
        }

        Position = Position with { Batches = Position.Batches + 1 };
        return _batches.Current;
    }

    /// <summary>Releases the stream's resources.</summary>
    public void Dispose() => _batches.Dispose();
}
