using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Semblance.Benchmarks;

/// <summary>Requests to a server over connections that are kept, and what became of each.</summary>
internal sealed class Load(IPEndPoint server, IReadOnlyList<byte[]> requests)
{
    /// <summary>The outcome of a request that was sent on an open connection and not answered whole.</summary>
    public const int Lost = -1;

    /// <summary>The outcome of a request for which no connection could be opened.</summary>
    public const int Refused = -2;

    private readonly ConcurrentStack<HttpConnection> _idle = new();
    private int _next;

    /// <summary>Keeps a number of requests under way until the time is over, or until the server refuses connections.</summary>
    public async Task<LoadResult> RunClosedAsync(int concurrency, TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var done = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(async () =>
        {
            var own = new List<(int, double)>();
            while (watch.Elapsed < duration && (own.Count == 0 || own[^1].Item1 != Refused))
            {
                var started = Stopwatch.GetTimestamp();
                own.Add((await SendAsync(), Stopwatch.GetElapsedTime(started).TotalSeconds));
            }

            return own;
        })));
        return Ended(done.SelectMany(own => own), watch.Elapsed);
    }

    /// <summary>
    /// Sends requests at a fixed rate, whether earlier ones are answered or not. Latencies count from the time at which a request was due, so
    /// that a server that stalls cannot hide it.
    /// </summary>
    public async Task<LoadResult> RunOpenAsync(double perSecond, TimeSpan duration)
    {
        var (watch, running) = (Stopwatch.StartNew(), new List<Task<(int, double)>>());
        for (var i = 0; i / perSecond < duration.TotalSeconds; i++)
        {
            var due = i / perSecond;
            if (due - watch.Elapsed.TotalSeconds is > 0 and var early)
            {
                await Task.Delay(TimeSpan.FromSeconds(early));
            }

            running.Add(Task.Run(async () => (await SendAsync(), watch.Elapsed.TotalSeconds - due)));
        }

        return Ended(await Task.WhenAll(running), watch.Elapsed);
    }

    private LoadResult Ended(IEnumerable<(int Status, double Seconds)> outcomes, TimeSpan elapsed)
    {
        while (_idle.TryPop(out var connection))
        {
            connection.Dispose();
        }

        return new LoadResult([.. outcomes], elapsed.TotalSeconds);
    }

    private async Task<int> SendAsync()
    {
        var request = requests[(int)((uint)Interlocked.Increment(ref _next) % (uint)requests.Count)];
        HttpConnection? connection;
        try
        {
            connection = _idle.TryPop(out var kept) ? kept : await HttpConnection.ConnectAsync(server);
        }
        catch (SocketException)
        {
            return Refused;
        }

        try
        {
            var reply = await connection.SendAsync(request);
            if (!reply.IsLast)
            {
                _idle.Push(connection);
                connection = null;
            }

            return reply.Status;
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            return Lost;
        }
        finally
        {
            connection?.Dispose();
        }
    }
}
