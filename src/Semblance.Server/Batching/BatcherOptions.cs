namespace Semblance.Server.Batching;

/// <summary>Represents the limits of a <see cref="Batcher"/>.</summary>
internal sealed record BatcherOptions
{
    /// <summary>Gets the approximate maximum number of tokens of a batch, which one thread computes; 512 by default.</summary>
    public int BatchTokens { get; init; } = 512;

    /// <summary>
    /// Gets the number of tokens of the first turn of a request; 2,048 by default. Most requests end in it, so that they are computed in the
    /// order of their arrival and not side by side, which would delay them all.
    /// </summary>
    public int FirstTurnTokens { get; init; } = 2048;

    /// <summary>Gets the number of tokens of each later turn of a large request; 256 by default.</summary>
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
