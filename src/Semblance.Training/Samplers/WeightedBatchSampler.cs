namespace Semblance.Training;

/// <summary>Batches of several data sets in given shares, by chance: small data sets begin again within an epoch, of large ones a part is left.</summary>
/// <param name="samplers">A sampler for each data set.</param>
/// <param name="shares">How often each data set comes, relative to the others; above zero.</param>
/// <param name="batches">How many batches an epoch has.</param>
/// <param name="seed">Where chance begins.</param>
public sealed class WeightedBatchSampler(IReadOnlyList<BatchSampler> samplers, IReadOnlyList<double> shares, long batches, long seed = 0) : BatchSampler(seed)
{
    // Passes through a small data set, counted over all epochs.
    private const long MostPasses = 1 << 20;

    private readonly double[] _shares = Checked(samplers, shares);

    /// <inheritdoc/>
    public override IEnumerable<Batch> Batches(long epoch)
    {
        var streams = samplers.Select(sampler => new BatchStream(sampler, new SamplerPosition(epoch * MostPasses, 0))).ToArray();
        try
        {
            // The data set that is most behind its share comes next; chance decides where the first round begins.
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
            throw new ArgumentException($"{samplers.Count} data sets need as many shares above zero, not {string.Join(", ", shares)}.", nameof(shares));
        }

        var sum = shares.Sum();
        return [.. shares.Select(share => share / sum)];
    }
}
