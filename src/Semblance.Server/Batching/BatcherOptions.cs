namespace Semblance.Server.Batching;

/// <summary>Represents the limits of a <see cref="Batcher"/>.</summary>
internal sealed record BatcherOptions
{
    /// <summary>Gets the approximate number of tokens of a batch, which one thread computes; 2,048 by default.</summary>
    public int BatchTokens { get; init; } = 2048;

    /// <summary>
    /// Gets the number of tokens that one request adds to a batch before other requests have their turn; 256 by default.
    /// </summary>
    public int TurnTokens { get; init; } = 256;

    /// <summary>Gets the maximum number of tokens that are accepted and not yet computed.</summary>
    public long MaxQueuedTokens { get; init; } = 1 << 20;

    /// <summary>
    /// Gets the time in which a request is computed; one that would probably take longer is refused. By default there is no limit.
    /// </summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.MaxValue;

    /// <summary>Gets the number of compute threads; 0 if <see cref="Batcher.RunOne"/> is called instead.</summary>
    public int Threads { get; init; } = 1;
}
