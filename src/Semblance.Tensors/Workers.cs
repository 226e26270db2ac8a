using System.Runtime.ExceptionServices;

namespace Semblance.Tensors;

/// <summary>
/// Represents the threads that share the work of large operations: one for each physical core, the calling thread included. They are not
/// part of the thread pool, so tasks of the host application never wait for them, and they sleep when there is no work.
/// </summary>
public sealed class Workers
{
    [ThreadStatic]
    private static bool _insideJob;

    private readonly Queue<Job> _jobs = new();
    private readonly Lock _start = new();
    private bool _started;

    private Workers(int count) => Count = count;

    /// <summary>Gets the workers of this process.</summary>
    public static Workers Shared { get; } = new(ProcessorTopology.PhysicalCores());

    /// <summary>Gets the maximum number of threads that work on one job, the calling thread included.</summary>
    public int Count { get; }

    /// <summary>
    /// Runs <paramref name="body"/> for every index from 0 up to <paramref name="count"/>, in ascending order, on the calling thread and on
    /// the free workers. A call from inside another job runs everything on the calling thread.
    /// </summary>
    /// <param name="count">The number of items.</param>
    /// <param name="maxThreads">The maximum number of threads, the calling thread included; at least 1.</param>
    /// <param name="body">
    /// The work on one item. It, and everything that it captures, stays alive until all items are done. The first exception stops the
    /// remaining items and is rethrown to the caller.
    /// </param>
    /// <param name="cancellationToken">The token that cancels the operation before the next item.</param>
    public void For(int count, int maxThreads, Action<int> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxThreads, 1);
        var threads = Math.Min(Math.Min(maxThreads, Count), count);
        if (threads <= 1 || _insideJob)
        {
            for (var i = 0; i < count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                body(i);
            }

            GC.KeepAlive(body); // a body may hold only spans of a mapped file
            return;
        }

        var job = new Job(count, body, cancellationToken);
        Enqueue(job, threads - 1);
        _insideJob = true;
        try
        {
            job.Work();
        }
        finally
        {
            _insideJob = false;
        }

        job.Wait();
        GC.KeepAlive(body);
    }

    private void Enqueue(Job job, int helpers)
    {
        EnsureStarted();
        lock (_jobs)
        {
            for (var i = 0; i < helpers; i++)
            {
                _jobs.Enqueue(job);
            }

            if (helpers == 1)
            {
                Monitor.Pulse(_jobs);
            }
            else
            {
                Monitor.PulseAll(_jobs);
            }
        }
    }

    private void EnsureStarted()
    {
        if (Volatile.Read(ref _started))
        {
            return;
        }

        lock (_start)
        {
            for (var i = 1; i < Count && !_started; i++)
            {
                new Thread(Loop) { IsBackground = true, Name = $"Semblance worker {i}" }.Start();
            }

            Volatile.Write(ref _started, true);
        }
    }

    private void Loop()
    {
        _insideJob = true;
        while (true)
        {
            Job job;
            lock (_jobs)
            {
                while (_jobs.Count == 0)
                {
                    Monitor.Wait(_jobs);
                }

                job = _jobs.Dequeue();
            }

            job.Work();
        }
    }

    private sealed class Job
    {
        private readonly Action<int> _body;
        private readonly CancellationToken _cancellationToken;
        private readonly int _count;
        private readonly object _finished = new();
        private Exception? _failure;
        private int _next;
        private int _pending;

        public Job(int count, Action<int> body, CancellationToken cancellationToken)
        {
            _body = body;
            _cancellationToken = cancellationToken;
            _count = _pending = count;
        }

        // Claims items until none is left. A worker that comes late finds none, and no thread waits for it.
        public void Work()
        {
            int item;
            while ((item = Interlocked.Increment(ref _next) - 1) < _count)
            {
                try
                {
                    if (Volatile.Read(ref _failure) is null)
                    {
                        _cancellationToken.ThrowIfCancellationRequested();
                        _body(item);
                    }
                }
#pragma warning disable CA1031 // Rethrown by Wait, on the caller's thread.
                catch (Exception failure)
#pragma warning restore CA1031
                {
                    Interlocked.CompareExchange(ref _failure, failure, null);
                }

                if (Interlocked.Decrement(ref _pending) == 0)
                {
                    lock (_finished)
                    {
                        Monitor.Pulse(_finished);
                    }
                }
            }
        }

        public void Wait()
        {
            lock (_finished)
            {
                while (Volatile.Read(ref _pending) > 0)
                {
                    Monitor.Wait(_finished);
                }
            }

            if (_failure is not null)
            {
                ExceptionDispatchInfo.Throw(_failure);
            }
        }
    }
}
