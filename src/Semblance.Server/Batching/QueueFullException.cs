namespace Semblance.Server.Batching;

/// <summary>The exception that is thrown when the queue of a <see cref="Batcher"/> has no room for a request.</summary>
internal sealed class QueueFullException(TimeSpan retryAfter)
    : Exception("The queue is full: the server computes as fast as it can. Send the request again later.")
{
    /// <summary>Gets the time after which the queue is likely to have room.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
