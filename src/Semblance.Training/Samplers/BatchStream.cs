namespace Semblance.Training;

/// <summary>The batches of a sampler one after another, epoch after epoch without end, from any position on.</summary>
public sealed class BatchStream : IDisposable
{
    private readonly BatchSampler _sampler;
    private IEnumerator<Batch> _batches;

    /// <summary>Goes on where another stream of the same sampler was.</summary>
    /// <param name="sampler">The sampler, with the same data and seed.</param>
    /// <param name="position">The position; the beginning by default.</param>
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
                throw new ArgumentException($"Epoch {position.Epoch} has {used} batches, but {position.Batches} have been used: the data set, the batch size or the seed is not the same.", nameof(position));
            }
        }
    }

    /// <summary>Where the stream is: what has to be kept to go on from here.</summary>
    public SamplerPosition Position { get; private set; }

    /// <summary>The next batch, from the next epoch where this one is over; <see cref="Position"/> says of which it was.</summary>
    /// <exception cref="SamplerException">An epoch has no batch at all.</exception>
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

    /// <summary>Ends the stream.</summary>
    public void Dispose() => _batches.Dispose();
}
