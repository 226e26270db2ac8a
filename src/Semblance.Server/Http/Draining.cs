namespace Semblance.Server;

/// <summary>
/// Counts the requests that are being answered, so that a server that stops can wait for them. From then on answers tell clients to open no
/// further request on their connections.
/// </summary>
internal sealed class Draining(TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100); // enough for bytes that are under way
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Check = TimeSpan.FromMilliseconds(10);

    private int _active;
    private long _ended;

    /// <summary>Gets a value that indicates whether the server is stopping.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Counts a request.</summary>
    public void Enter() => Interlocked.Increment(ref _active);

    /// <summary>Ends a request.</summary>
    public void Leave()
    {
        Volatile.Write(ref _ended, time.GetTimestamp());
        Interlocked.Decrement(ref _active);
    }

    /// <summary>Waits until no request has been active for a moment. No connection is accepted any more.</summary>
    /// <param name="cancellationToken">The token that ends the wait.</param>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        HasBegun = true;
        for (var began = time.GetTimestamp(); !cancellationToken.IsCancellationRequested && time.GetElapsedTime(began) < Limit
            && (Volatile.Read(ref _active) > 0 || time.GetElapsedTime(Volatile.Read(ref _ended)) < Quiet);)
        {
            await Task.Delay(Check, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
