using System.Diagnostics;
using Semblance.Server.Observability;

namespace Semblance.Server.Batching;

/// <summary>
/// Computes the texts of many requests in common batches. Each compute thread takes a batch as soon as it is free, so that texts that arrive
/// while other batches are computed form the next ones.
/// </summary>
/// <remarks>
/// Requests take turns in the order of their arrival: the first turn of a request has <see cref="BatcherOptions.FirstTurnTokens"/>, which is
/// all of most requests, and later ones have <see cref="BatcherOptions.TurnTokens"/>, so that a small request never waits for a large one to
/// finish, and a large request fills the room that is left. A request whose caller has left gives up its place at once. The results of a text
/// have the same bits in every batch.
/// </remarks>
internal sealed class Batcher : IDisposable
{
    // Batches for other threads are not made smaller than this: each batch reads all weights once, which takes as long as a text of ten tokens.
    private const int WorthSharing = 64;

    // Two threads compute a short text 1.2 times as fast as one, in 1.7 times the processor time: worth it only where nothing waits.
    private static readonly TimeSpan Alone = TimeSpan.FromMilliseconds(200);

    private readonly object _gate = new();
    private readonly LinkedList<BatchRequest> _waiting = new(); // those with texts that no batch has taken, in the order of their turns
    private readonly Throughput _throughput = new();
    private readonly BatcherOptions _options;
    private readonly ServerMetrics? _metrics;
    private readonly TimeProvider _time;
    private readonly Thread[] _threads;
    private long _waitingTokens;
    private long _queuedTokens;
    private long _met; // when a batch was last taken beside another one, or with others waiting, as a timestamp
    private int _busy;
    private bool _isStopping;

    public Batcher(BatcherOptions options, ServerMetrics? metrics = null, TimeProvider? time = null)
    {
        (_options, _metrics, _time) = (options, metrics, time ?? TimeProvider.System);
        _threads = new Thread[options.Threads];
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Loop) { IsBackground = true, Name = $"Semblance batches {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Gets the number of tokens that are accepted and not yet computed.</summary>
    public long QueuedTokens
    {
        get
        {
            lock (_gate)
            {
                return _queuedTokens;
            }
        }
    }

    /// <summary>Gets the number of requests with texts that no batch has taken.</summary>
    public int WaitingRequests
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Throws if the queue is full, before a request is tokenized.</summary>
    /// <exception cref="QueueFullException">The queue is full.</exception>
    public void ThrowIfFull()
    {
        lock (_gate)
        {
            if (_queuedTokens >= _options.MaxQueuedTokens)
            {
                throw Full();
            }
        }
    }

    /// <summary>Computes the results of texts.</summary>
    /// <typeparam name="TResult">The type of the result of a text.</typeparam>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">The token that cancels the request; its texts leave the queue.</param>
    /// <returns>The results, in the order of the texts.</returns>
    /// <exception cref="QueueFullException">
    /// The queue has no room. A request that is larger than the whole queue is accepted if the queue is empty.
    /// </exception>
    public async Task<TResult[]> RunAsync<TResult>(BatchRequest<TResult> request, CancellationToken cancellationToken)
    {
        if (request.Texts.Count == 0)
        {
            return [];
        }

        cancellationToken.ThrowIfCancellationRequested();
        Enqueue(request);
        var registration = cancellationToken.UnsafeRegister(_ => Drop(request, cancellationToken), null);
        await using (registration.ConfigureAwait(false))
        {
            return await request.Completion.ConfigureAwait(false);
        }
    }

    /// <summary>Takes one batch and computes it on the calling thread.</summary>
    /// <returns><see langword="true"/> if there was a batch; otherwise, <see langword="false"/>.</returns>
    public bool RunOne()
    {
        (List<BatchItem> Items, long Tokens, int MaxThreads) batch;
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                return false;
            }

            batch = TakeAsBusy();
        }

        Execute(batch.Items, batch.Tokens, batch.MaxThreads);
        return true;
    }

    /// <summary>Computes everything that is in the queue and stops the threads.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.PulseAll(_gate);
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void Enqueue(BatchRequest request)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            if (_queuedTokens > 0 && (_queuedTokens + request.TokenCount > _options.MaxQueuedTokens
                || _throughput.SecondsOf(TokensUntilEnd(request), _threads.Length) > _options.MaxWait.TotalSeconds))
            {
                throw Full();
            }

            request.Queued = _time.GetTimestamp();
            _queuedTokens += request.TokenCount;
            _waitingTokens += request.TokenCount;
            _waiting.AddLast(request);
            Monitor.PulseAll(_gate);
        }
    }

    // What is computed before a request ends: each of the others takes as many turns as the request needs, or fewer.
    private long TokensUntilEnd(BatchRequest request)
    {
        var later = Math.Max(0, request.TokenCount - _options.FirstTurnTokens + _options.TurnTokens - 1) / _options.TurnTokens * _options.TurnTokens;
        return _queuedTokens - _waitingTokens + request.TokenCount
            + _waiting.Sum(other => Math.Min(other.WaitingTokens, NextTurn(other) + later));
    }

    private long NextTurn(BatchRequest request) => Math.Max(_options.TurnTokens, _options.FirstTurnTokens - request.TakenTokens);

    // Removes a request from the queue. Texts that are being computed keep their share of the queue until their batch ends.
    private void Drop(BatchRequest request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (request.HasEnded)
            {
                return;
            }

            End(request);
        }

        request.Cancel(cancellationToken);
    }

    private QueueFullException Full() => new(_throughput.TimeOf(_queuedTokens, _threads.Length));

    private void Loop()
    {
        while (true)
        {
            (List<BatchItem> Items, long Tokens, int MaxThreads) batch;
            lock (_gate)
            {
                while (_waiting.Count == 0)
                {
                    if (_isStopping)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }

                batch = TakeAsBusy();
            }

            Execute(batch.Items, batch.Tokens, batch.MaxThreads);
        }
    }

    // A thread takes its share of what is waiting and leaves the rest for those that are free next, so that all end at nearly the same time
    // (guided self-scheduling: Polychronopoulos and Kuck, 1987). One that has everything to itself, and has had for a while, uses all processors
    // inside its batch.
    private (List<BatchItem> Items, long Tokens, int MaxThreads) TakeAsBusy()
    {
        var threads = Math.Max(1, _threads.Length);
        var share = Math.Max(WorthSharing, (_waitingTokens + threads - 1) / threads);
        var (items, tokens) = Take((int)Math.Min(_options.BatchTokens, share));
        _busy++;
        var now = _time.GetTimestamp();
        if (_busy > 1 || _waitingTokens > 0)
        {
            _met = now;
        }

        return (items, tokens, _time.GetElapsedTime(_met, now) > Alone ? threads : 1);
    }

    // Takes turns among the requests whose computation is that of the first one. Those that have had their first turn go to the end of the
    // queue, the others keep their place.
    private (List<BatchItem> Items, long Tokens) Take(int budget)
    {
        var (items, total) = (new List<BatchItem>(), 0L);
        var computation = _waiting.First!.Value.Computation;
        var sharing = new List<LinkedListNode<BatchRequest>>();
        for (var node = _waiting.First; node is not null; node = node.Next)
        {
            if (node.Value.Computation.Equals(computation))
            {
                sharing.Add(node);
            }
        }

        var took = new HashSet<LinkedListNode<BatchRequest>>();
        for (var isFull = false; !isFull && sharing.Count > 0;)
        {
            for (var i = 0; i < sharing.Count && !isFull; i++)
            {
                var request = sharing[i].Value;
                var end = request.TakenTokens + NextTurn(request);
                while (request.Next < request.Texts.Count && request.TakenTokens < end)
                {
                    var cost = BatchRequest.Cost(request.Texts[request.Next]);
                    if (items.Count > 0 && total + cost > budget)
                    {
                        isFull = true;
                        break;
                    }

                    items.Add(new BatchItem(request, request.Next++));
                    (total, request.WaitingTokens, _waitingTokens) = (total + cost, request.WaitingTokens - cost, _waitingTokens - cost);
                    took.Add(sharing[i]);
                }
            }

            sharing.RemoveAll(node => node.Value.Next == node.Value.Texts.Count);
        }

        var now = _time.GetTimestamp();
        foreach (var node in took)
        {
            var request = node.Value;
            request.Started = request.Started == 0 ? now : request.Started;
            if (request.Next == request.Texts.Count)
            {
                _waiting.Remove(node);
            }
            else if (request.TakenTokens >= _options.FirstTurnTokens)
            {
                _waiting.Remove(node);
                _waiting.AddLast(node);
            }
        }

        return (items, total);
    }

    private void Execute(List<BatchItem> items, long tokens, int maxThreads)
    {
        var started = _time.GetTimestamp();
        var failures = Compute(items, maxThreads);
        var now = _time.GetTimestamp();
        var elapsed = _time.GetElapsedTime(started, now);
        List<BatchRequest> ended = [];
        lock (_gate)
        {
            _busy--;
            _queuedTokens -= tokens;
            _throughput.Add(tokens, elapsed);
            foreach (var (request, count) in items.CountBy(item => item.Request))
            {
                request.Unfinished -= count;
                if (!request.HasEnded && (request.Unfinished == 0 || failures.ContainsKey(request)))
                {
                    request.Finished = now;
                    End(request);
                    ended.Add(request);
                }
            }
        }

        _metrics?.AddBatch(items.Count, tokens, elapsed);
        foreach (var request in ended)
        {
            if (failures.TryGetValue(request, out var failure))
            {
                request.Fail(failure);
            }
            else
            {
                request.Complete();
            }
        }
    }

    // A failure in a batch of several requests is that of one of them: each is computed alone.
    private static Dictionary<BatchRequest, Exception> Compute(List<BatchItem> items, int maxThreads)
    {
        var failures = new Dictionary<BatchRequest, Exception>();
#pragma warning disable CA1031 // An exception of any kind belongs to its request, not to the thread.
        try
        {
            items[0].Request.Computation.Run(items, maxThreads);
        }
        catch (Exception failure)
        {
            var requests = items.GroupBy(item => item.Request).ToList();
            if (requests.Count == 1)
            {
                failures[requests[0].Key] = failure;
                return failures;
            }

            foreach (var request in requests)
            {
                try
                {
                    request.Key.Computation.Run([.. request], maxThreads);
                }
                catch (Exception own)
                {
                    failures[request.Key] = own;
                }
            }
        }
#pragma warning restore CA1031

        return failures;
    }

    // Removes what no batch has taken from the queue.
    private void End(BatchRequest request)
    {
        request.HasEnded = true;
        if (request.Next < request.Texts.Count)
        {
            _waiting.Remove(request);
            request.Next = request.Texts.Count;
        }

        _waitingTokens -= request.WaitingTokens;
        _queuedTokens -= request.WaitingTokens;
        request.WaitingTokens = 0;
        Debug.Assert(_waitingTokens >= 0 && _queuedTokens >= 0, "A request counts once.");
    }
}
