namespace Semblance.Training;

/// <summary>
/// Represents a sampler of several data sets in given shares. Small data sets start again within an epoch; of large ones, a part is
/// skipped.
/// </summary>
/// <param name="samplers">The samplers, one for each data set.</param>
/// <param name="shares">The relative frequencies of the data sets, above zero.</param>
/// <param name="batches">The number of batches of an epoch.</param>
/// <param name="seed">The random seed.</param>
public sealed class WeightedBatchSampler(IReadOnlyList<BatchSampler> samplers, IReadOnlyList<double> shares, long batches, long seed = 0)
    : BatchSampler(seed)
{
    // The number of epochs of a data set's sampler that one epoch here reserves: the maximum number of passes through the data set.
    private const long MostPasses = 1 << 20;

    private readonly double[] _shares = Checked(samplers, shares);

    /// <inheritdoc/>
    public override IEnumerable<Batch> Batches(long epoch)
    {
        var streams = samplers.Select(sampler => new BatchStream(sampler, new SamplerPosition(epoch * MostPasses, 0))).ToArray();
        try
        {
            // The data set that is furthest behind its share comes next; the first round starts at a random one.
            var due = Array.ConvertAll(Permutation.Of(streams.Length, Seed, epoch), place => place / (double)streams.Length);
            for (var batch = 0L; batch < batches; batch++)
            {
                for (var i = 0; i < due.Length; i++)
                {
                    due[i] += _shares[i];
                }

                var next = due.AsSpan().IndexOf(due.Max());
                due[next]--;
                yield return streams[next].Next() with { Dataset = next };
            }
        }
        finally
        {
            Array.ForEach(streams, stream => stream.Dispose());
        }
    }

    /// <inheritdoc/>
    public override long Count(long epoch) => batches;

    private static double[] Checked(IReadOnlyList<BatchSampler> samplers, IReadOnlyList<double> shares)
    {
        ArgumentNullException.ThrowIfNull(samplers);
        ArgumentNullException.ThrowIfNull(shares);
        if (samplers.Count == 0 || shares.Count != samplers.Count || shares.Any(share => !(share > 0 && double.IsFinite(share))))
        {
            throw new ArgumentException(
                $"{samplers.Count} data sets need as many shares above zero, not {string.Join(", ", shares)}.", nameof(shares));
        }

        var sum = shares.Sum();
        return [.. shares.Select(share => share / sum)];
    }
}
