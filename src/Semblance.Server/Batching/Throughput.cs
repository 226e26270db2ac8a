namespace Semblance.Server.Batching;

/// <summary>Estimates how many tokens one thread computes in a second, as a moving average over batches.</summary>
internal sealed class Throughput
{
    private const double Weight = 0.1; // of the newest batch

    private double _secondsPerToken;

    /// <summary>Adds a batch.</summary>
    public void Add(long tokens, TimeSpan elapsed)
    {
        var seconds = elapsed.TotalSeconds / Math.Max(1, tokens);
        _secondsPerToken = _secondsPerToken == 0 ? seconds : ((1 - Weight) * _secondsPerToken) + (Weight * seconds);
    }

    /// <summary>Returns the seconds in which threads compute tokens; 0 before the first batch.</summary>
    public double SecondsOf(long tokens, int threads) => tokens * _secondsPerToken / Math.Max(1, threads);

    /// <summary>Returns the time in which threads compute tokens: from 1 second to 1 minute, in whole seconds.</summary>
    public TimeSpan TimeOf(long tokens, int threads) =>
        TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(SecondsOf(tokens, threads)), 1, 60));
}
