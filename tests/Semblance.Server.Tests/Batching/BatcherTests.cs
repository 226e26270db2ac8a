using Semblance.Modules;
using Semblance.Server.Batching;
using Semblance.Server.Tests.Models;

namespace Semblance.Server.Tests.Batching;

/// <summary>Batches of a batcher without threads, which computes one batch at each call.</summary>
public sealed class BatcherTests : IDisposable
{
    private readonly FakeComputation _model = new();
    private readonly Batcher _batcher = new(
        new BatcherOptions { Threads = 0, BatchTokens = 1000, FirstTurnTokens = 100, TurnTokens = 100, MaxQueuedTokens = 5000 });

    public void Dispose() => _batcher.Dispose();

    [Fact]
    public async Task A_request_gets_the_results_of_its_texts_in_their_order()
    {
        var task = Send(_model, 10, 3, 1, 2);
        _batcher.RunOne().ShouldBeTrue();
        (await task).ShouldBe([3, 1, 2]);
        _batcher.RunOne().ShouldBeFalse();
    }

    [Fact]
    public async Task Requests_that_wait_at_the_same_time_share_a_batch()
    {
        var (a, b) = (Send(_model, 10, 1, 2), Send(_model, 10, 3));
        _batcher.RunOne();
        (await a).ShouldBe([1, 2]);
        (await b).ShouldBe([3]);
        _model.Batches.ShouldHaveSingleItem().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Requests_with_different_computations_do_not_share_a_batch()
    {
        var other = new FakeComputation("other");
        var (a, b, c) = (Send(_model, 10, 1), Send(other, 10, 2), Send(_model, 10, 3));
        _batcher.RunOne();
        _model.Batches.ShouldHaveSingleItem().ShouldBe([1, 3]);
        b.IsCompleted.ShouldBeFalse();
        _batcher.RunOne();
        other.Batches.ShouldHaveSingleItem().ShouldBe([2]);
        await Task.WhenAll(a, b, c);
    }

    [Fact]
    public async Task A_large_request_is_split_into_batches_of_the_budget()
    {
        var task = Send(_model, 100, [.. Enumerable.Range(1, 40)]);
        while (_batcher.RunOne())
        {
        }

        (await task).ShouldBe(Enumerable.Range(1, 40));
        _model.Batches.Select(batch => batch.Length).ShouldBe([10, 10, 10, 10]);
    }

    [Fact]
    public async Task A_small_request_that_comes_after_a_large_one_is_in_the_next_batch()
    {
        var large = Send(_model, 50, [.. Enumerable.Range(100, 90)]);
        _batcher.RunOne();
        var small = Send(_model, 50, 1);
        _batcher.RunOne();
        (await small).ShouldBe([1]);
        large.IsCompleted.ShouldBeFalse();
        _model.Batches[1].ShouldContain(1);
        _model.Batches[1].Length.ShouldBe(20, "the large request fills the rest of the batch");
    }

    [Fact]
    public void Large_requests_take_turns()
    {
        _ = Send(_model, 50, [.. Enumerable.Repeat(1, 30)]);
        _ = Send(_model, 50, [.. Enumerable.Repeat(2, 30)]);
        _ = Send(_model, 50, [.. Enumerable.Repeat(3, 30)]);
        _batcher.RunOne();
        _model.Batches[0].Take(6).ShouldBe([1, 1, 2, 2, 3, 3], "a turn is 100 tokens");
        _model.Batches[0].CountBy(id => id).ShouldAllBe(group => group.Value >= 6);
    }

    [Fact]
    public async Task Requests_that_end_in_their_first_turn_are_computed_in_the_order_of_their_arrival()
    {
        using var batcher = new Batcher(new BatcherOptions { Threads = 0, BatchTokens = 100, FirstTurnTokens = 300, TurnTokens = 50 });
        Task<int[]>[] tasks = [.. Enumerable.Range(1, 3).Select(id =>
            batcher.RunAsync(new BatchRequest<int>(_model, Texts(50, [.. Enumerable.Repeat(id, 6)])), CancellationToken.None))];
        for (var batch = 0; batch < 3; batch++)
        {
            batcher.RunOne();
        }

        _model.Batches.ShouldBe([[1, 1], [1, 1], [1, 1]]);
        (await tasks[0]).ShouldBe(Enumerable.Repeat(1, 6));
        while (batcher.RunOne())
        {
        }

        _model.Batches.SelectMany(batch => batch).ShouldBe([.. Enumerable.Repeat(1, 6), .. Enumerable.Repeat(2, 6), .. Enumerable.Repeat(3, 6)]);
    }

    [Fact]
    public async Task After_its_first_turn_a_large_request_lets_the_others_pass()
    {
        using var batcher = new Batcher(new BatcherOptions { Threads = 0, BatchTokens = 100, FirstTurnTokens = 200, TurnTokens = 50 });
        var large = batcher.RunAsync(new BatchRequest<int>(_model, Texts(50, [.. Enumerable.Repeat(1, 20)])), CancellationToken.None);
        batcher.RunOne();
        var small = batcher.RunAsync(new BatchRequest<int>(_model, Texts(50, [2])), CancellationToken.None);
        batcher.RunOne();
        small.IsCompleted.ShouldBeFalse();
        batcher.RunOne();
        (await small).ShouldBe([2]);
        _model.Batches.ShouldBe([[1, 1], [1, 1], [2, 1]]);
        large.IsCompleted.ShouldBeFalse();
        while (batcher.RunOne())
        {
        }

        await large;
    }

    [Fact]
    public async Task A_thread_leaves_a_part_of_a_request_to_the_thread_that_is_free_next()
    {
        using var started = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var model = new FakeComputation
        {
            Inside = _ =>
            {
                started.Set();
                release.Wait();
            },
        };
        using var batcher = new Batcher(new BatcherOptions { Threads = 2, BatchTokens = 2000 });
        var blocked = new BlockedBatcher(batcher, 10);
        var request = batcher.RunAsync(new BatchRequest<int>(model, Texts(100, [.. Enumerable.Range(0, 10)])), CancellationToken.None);
        started.Wait();
        model.Batches.ShouldHaveSingleItem().ShouldBe([0, 1, 2, 3, 4]);
        blocked.Dispose();
        release.Set();
        (await request).ShouldBe(Enumerable.Range(0, 10));
    }

    [Fact]
    public async Task Threads_share_the_short_texts_that_wait_at_the_same_time()
    {
        using var batcher = new Batcher(new BatcherOptions { Threads = 2, BatchTokens = 2000 });
        using var both = new Barrier(2);
        var model = new FakeComputation { Inside = _ => both.SignalAndWait() };
        var request = batcher.RunAsync(new BatchRequest<int>(model, Texts(16, [.. Enumerable.Range(0, 8)])), CancellationToken.None);
        (await request).ShouldBe(Enumerable.Range(0, 8));
        model.Batches.OrderBy(batch => batch[0]).ShouldBe([[0, 1, 2, 3], [4, 5, 6, 7]]);
    }

    [Fact]
    public async Task A_batch_uses_all_threads_only_if_requests_have_come_one_by_one_for_a_while()
    {
        var time = new ManualTime();
        using var batcher = new Batcher(new BatcherOptions { Threads = 2, BatchTokens = 2000 }, null, time);
        Task Send(params int[] ids) =>
            batcher.RunAsync(new BatchRequest<int>(_model, Texts(100, ids)), CancellationToken.None);
        await Send(1);
        await Send(2);
        _model.MaxThreads.ShouldBe([2, 2], "nothing waits");
        await Send(3, 4);
        time.Advance(TimeSpan.FromMilliseconds(100));
        await Send(5);
        _model.MaxThreads.ShouldBe([2, 2, 1, 1, 1], "batches met a moment ago");
        time.Advance(TimeSpan.FromMilliseconds(150));
        await Send(6);
        _model.MaxThreads[^1].ShouldBe(2);
    }

    [Fact]
    public void Requests_that_had_no_place_in_a_batch_come_first_in_the_next()
    {
        for (var id = 1; id <= 12; id++)
        {
            _ = Send(_model, 100, id, id);
        }

        _batcher.RunOne();
        _model.Batches[0].ShouldBe(Enumerable.Range(1, 10));
        _batcher.RunOne();
        _model.Batches[1].Take(2).ShouldBe([11, 12]);
    }

    [Fact]
    public async Task A_text_that_is_larger_than_a_batch_is_computed_alone()
    {
        var (long1, short1) = (Send(_model, 3000, 1), Send(_model, 10, 2));
        _batcher.RunOne();
        _batcher.RunOne();
        await Task.WhenAll(long1, short1);
        _model.Batches.ShouldBe([[1], [2]]);
    }

    [Fact]
    public async Task A_request_without_texts_waits_for_nothing() => (await Send(_model, 1)).ShouldBeEmpty();

    [Fact]
    public async Task A_text_without_tokens_counts_as_one_token()
    {
        var request = new BatchRequest<int>(new EmptyComputation(), [new TokenizedText([])]);
        var task = _batcher.RunAsync(request, CancellationToken.None);
        _batcher.QueuedTokens.ShouldBe(1);
        _batcher.RunOne();
        (await task).ShouldBe([0]);
    }

    [Fact]
    public async Task Work_of_a_client_that_left_is_dropped()
    {
        using var client = new CancellationTokenSource();
        var left = Send(_model, 100, client.Token, [.. Enumerable.Repeat(1, 20)]);
        var stays = Send(_model, 100, 2);
        await client.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(left);
        _batcher.QueuedTokens.ShouldBe(100);
        _batcher.RunOne();
        _model.Batches.ShouldHaveSingleItem().ShouldBe([2]);
        (await stays).ShouldBe([2]);
    }

    [Fact]
    public async Task The_rest_of_a_request_that_is_half_computed_is_dropped()
    {
        using var client = new CancellationTokenSource();
        var left = Send(_model, 100, client.Token, [.. Enumerable.Repeat(1, 20)]);
        _batcher.RunOne();
        await client.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(left);
        _batcher.RunOne().ShouldBeFalse();
        _batcher.QueuedTokens.ShouldBe(0);
    }

    [Fact]
    public async Task A_client_that_leaves_during_its_batch_frees_its_tokens_once()
    {
        using var client = new CancellationTokenSource();
        var model = new FakeComputation { Inside = _ => client.Cancel() };
        var left = Send(model, 100, client.Token, 1, 1, 1);
        _batcher.RunOne();
        await Should.ThrowAsync<OperationCanceledException>(left);
        _batcher.QueuedTokens.ShouldBe(0);
        _batcher.WaitingRequests.ShouldBe(0);
    }

    [Fact]
    public async Task A_request_beyond_the_bound_of_the_queue_is_refused()
    {
        var accepted = Send(_model, 100, [.. Enumerable.Repeat(1, 49)]);
        var failure = await Should.ThrowAsync<QueueFullException>(Send(_model, 100, 2, 2));
        failure.RetryAfter.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        var last = Send(_model, 100, 3);
        Should.Throw<QueueFullException>(_batcher.ThrowIfFull);
        while (_batcher.RunOne())
        {
        }

        await Task.WhenAll(accepted, last);
        _batcher.ThrowIfFull();
        _batcher.QueuedTokens.ShouldBe(0);
    }

    [Fact]
    public async Task A_request_larger_than_the_queue_is_accepted_if_the_queue_is_empty()
    {
        var large = Send(_model, 100, [.. Enumerable.Repeat(1, 60)]);
        while (_batcher.RunOne())
        {
        }

        (await large).Length.ShouldBe(60);
    }

    [Fact]
    public async Task A_failure_is_that_of_the_request_that_causes_it()
    {
        var model = new FakeComputation
        {
            Inside = texts =>
            {
                if (texts.Any(text => text.Ids[0] == 13))
                {
                    throw new InvalidOperationException("thirteen");
                }
            },
        };
        var (good, bad) = (Send(model, 10, 1, 2), Send(model, 10, 13));
        _batcher.RunOne();
        (await good).ShouldBe([1, 2]);
        (await Should.ThrowAsync<InvalidOperationException>(bad)).Message.ShouldBe("thirteen");
        _batcher.QueuedTokens.ShouldBe(0);
    }

    [Fact]
    public async Task What_was_accepted_is_computed_before_the_batcher_stops()
    {
        using var started = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var model = new FakeComputation
        {
            Inside = _ =>
            {
                started.Set();
                release.Wait();
            },
        };
        var batcher = new Batcher(new BatcherOptions { Threads = 1, BatchTokens = 100, MaxQueuedTokens = 10_000 });
        var tasks = Enumerable.Range(0, 20).Select(
            id => batcher.RunAsync(new BatchRequest<int>(model, Texts(90, [id])), CancellationToken.None)).ToArray();
        started.Wait();
        var stopping = Task.Run(batcher.Dispose);
        release.Set();
        await stopping;
        tasks.ShouldAllBe(task => task.IsCompletedSuccessfully || !task.IsFaulted);
        (await Task.WhenAll(tasks)).SelectMany(ids => ids).Order().ShouldBe(Enumerable.Range(0, 20));
        await Should.ThrowAsync<ObjectDisposedException>(
            batcher.RunAsync(new BatchRequest<int>(model, Texts(1, [1])), CancellationToken.None));
    }

    [Fact]
    public async Task Many_clients_at_once_get_their_own_results()
    {
        using var batcher = new Batcher(new BatcherOptions { Threads = 3, BatchTokens = 200, TurnTokens = 50 });
        var random = new Random(1);
        var sizes = Enumerable.Range(0, 300).Select(_ => random.Next(1, 30)).ToArray();
        var results = await Task.WhenAll(sizes.Select((size, client) => Task.Run(() => batcher.RunAsync(
            new BatchRequest<int>(_model, Texts(7, [.. Enumerable.Range(client * 100, size)])), CancellationToken.None))));
        for (var client = 0; client < sizes.Length; client++)
        {
            results[client].ShouldBe(Enumerable.Range(client * 100, sizes[client]));
        }

        batcher.QueuedTokens.ShouldBe(0);
    }

    [Fact]
    public async Task A_request_that_would_end_too_late_is_refused_unless_its_turns_come_early()
    {
        var time = new ManualTime();
        var options = new BatcherOptions
        {
            Threads = 0,
            BatchTokens = 100,
            FirstTurnTokens = 100,
            TurnTokens = 100,
            MaxWait = TimeSpan.FromSeconds(10),
        };
        using var batcher = new Batcher(options, null, time);
        var model = new FakeComputation { Inside = _ => time.Advance(TimeSpan.FromSeconds(1)) };
        var measured = batcher.RunAsync(new BatchRequest<int>(model, Texts(100, [1])), CancellationToken.None);
        batcher.RunOne();
        await measured;
        var large = batcher.RunAsync(new BatchRequest<int>(model, Texts(100, [.. Enumerable.Range(0, 50)])), CancellationToken.None);
        var small = batcher.RunAsync(new BatchRequest<int>(model, Texts(100, [2])), CancellationToken.None);
        await Should.ThrowAsync<QueueFullException>(
            batcher.RunAsync(new BatchRequest<int>(model, Texts(100, [.. Enumerable.Range(0, 10)])), CancellationToken.None));
        while (batcher.RunOne())
        {
        }

        (await large).Length.ShouldBe(50, "a queue that is empty takes a request of any size");
        (await small).ShouldBe([2]);
    }

    private static TokenizedText[] Texts(int tokens, int[] ids) =>
        [.. ids.Select(id => new TokenizedText([id, .. Enumerable.Repeat(0, tokens - 1)]))];

    private Task<int[]> Send(FakeComputation model, int tokens, params int[] ids) => Send(model, tokens, CancellationToken.None, ids);

    private Task<int[]> Send(FakeComputation model, int tokens, CancellationToken client, params int[] ids) =>
        _batcher.RunAsync(new BatchRequest<int>(model, Texts(tokens, ids)), client);

    private sealed record EmptyComputation : BatchComputation<int>
    {
        protected override IReadOnlyList<int> Compute(IReadOnlyList<TokenizedText> texts, int maxThreads) => new int[texts.Count];
    }
}
