namespace Semblance.Tensors.Tests;

public class WorkersTests
{
    [Fact]
    public void Every_item_runs_once()
    {
        var seen = new int[10_000];
        Workers.Shared.For(seen.Length, int.MaxValue, i => Interlocked.Increment(ref seen[i]));
        seen.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public void A_job_inside_a_job_runs_too()
    {
        var count = 0;
        Workers.Shared.For(50, int.MaxValue, _ => Workers.Shared.For(50, int.MaxValue, _ => Interlocked.Increment(ref count)));
        count.ShouldBe(2500);
    }

    [Fact]
    public void The_first_failure_reaches_the_caller_and_the_workers_go_on_living()
    {
        Should.Throw<InvalidOperationException>(() => Workers.Shared.For(100, int.MaxValue, i => throw new InvalidOperationException()));
        Every_item_runs_once();
    }

    [Fact]
    public void Cancellation_stops_before_the_next_item()
    {
        using var source = new CancellationTokenSource();
        var count = 0;
        Should.Throw<OperationCanceledException>(() => Workers.Shared.For(1000, int.MaxValue, _ =>
        {
            Interlocked.Increment(ref count);
            source.Cancel();
        }, source.Token));
        count.ShouldBeLessThan(1000);
    }

    [Fact]
    public async Task Callers_on_many_threads_all_finish_though_every_pool_thread_is_blocked()
    {
        // The thread pool of the host is exhausted by waiting tasks; jobs must not depend on it.
        using var gate = new ManualResetEventSlim();
        ThreadPool.GetMinThreads(out var poolThreads, out _);
        var blocked = Enumerable.Range(0, poolThreads + 4).Select(_ => Task.Run(() => gate.Wait())).ToArray();
        var callers = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                Every_item_runs_once();
            }
        })).ToList();
        callers.ForEach(t => t.Start());
        callers.ForEach(t => t.Join());
        gate.Set();
        await Task.WhenAll(blocked);
    }

    [Fact]
    public void Threads_of_one_core_count_once()
    {
        var root = Directory.CreateTempSubdirectory();
        try
        {
            foreach (var (cpu, siblings) in new[] { (0, "0,2"), (1, "1,3"), (2, "0,2"), (3, "1,3") })
            {
                var folder = Directory.CreateDirectory(Path.Combine(root.FullName, $"cpu{cpu}", "topology"));
                File.WriteAllText(Path.Combine(folder.FullName, "thread_siblings_list"), siblings + "\n");
            }

            Directory.CreateDirectory(Path.Combine(root.FullName, "cpufreq"));
            ProcessorTopology.LinuxCores(root.FullName).ShouldBe(2);
            ProcessorTopology.LinuxCores(Path.Combine(root.FullName, "absent")).ShouldBeNull();
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}
