using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Semblance.Postgres.Tests;

[Collection(PostgresTests.Name)]
public class FailureTests(PostgresServer server)
{
    private static readonly PostgresIndexOptions Unlinked = new() { Method = PostgresMethod.Exact };
    private static readonly PostgresAccess Once = new() { Attempts = 1 };
    private static readonly PostgresAccess Thrice = new() { Attempts = 3, FirstDelay = TimeSpan.FromMilliseconds(1) };

    [PostgresFact]
    public async Task A_connection_lost_while_loading_leaves_nothing_by_half()
    {
        foreach (var loading in PostgresServer.Loadings)
        {
            await using var made = await server.CreateAsync(64, Unlinked, new PostgresAccess { Loading = loading });
            var records = TestIndex.Records(1, 4000, 64);
            await made.Index.AddAsync([.. records.Take(10)]);
            using var proxy = Proxy((sent, _) => sent > 700_000, 1);
            await using var source = Through(proxy);
            var index = await PostgresIndex.OpenAsync(source, made.Index.Name, Once with { Loading = loading });
            var failure = await Should.ThrowAsync<PostgresIndexException>(() => index.UpsertAsync(records));
            (proxy.Cuts, failure.Index).ShouldBe((1, made.Index.Name));
            failure.Message.ShouldContain("connection");
            (await made.Index.CountAsync()).ShouldBe(10);
            await index.UpsertAsync(records); // the next one goes through
            (await made.Index.CountAsync()).ShouldBe(4000);
        }
    }

    [PostgresFact]
    public async Task A_lost_connection_is_tried_again()
    {
        await using var made = await server.CreateAsync(64, Unlinked);
        var records = TestIndex.Records(1, 4000, 64);
        using var proxy = Proxy((sent, _) => sent > 700_000, 2);
        await using var source = Through(proxy);
        var index = await PostgresIndex.OpenAsync(source, made.Index.Name, Thrice);
        await index.AddAsync(records);
        proxy.Cuts.ShouldBe(2);
        (await made.Index.CountAsync()).ShouldBe(4000);
        using var other = Proxy((_, text) => text.Contains("count(*)", StringComparison.Ordinal), 2);
        await using var otherSource = Through(other);
        (await (await PostgresIndex.OpenAsync(otherSource, made.Index.Name, Thrice)).CountAsync()).ShouldBe(4000);
        other.Cuts.ShouldBe(2);
    }

    [PostgresFact]
    public async Task A_connection_lost_at_the_commit_is_tried_again_only_where_that_is_safe()
    {
        await using var made = await server.CreateAsync(4);
        var records = TestIndex.Records(1, 20, 4);
        using var proxy = Proxy((_, text) => text.Contains("COMMIT\0", StringComparison.Ordinal), 2);
        await using var source = Through(proxy);
        var index = await PostgresIndex.OpenAsync(source, made.Index.Name, Thrice);
        (await Should.ThrowAsync<PostgresIndexException>(() => index.AddAsync(records))).Message.ShouldContain("check whether the change was saved");
        proxy.Cuts.ShouldBe(1);
        await index.UpsertAsync(records);
        proxy.Cuts.ShouldBe(2);
        (await made.Index.CountAsync()).ShouldBe(20);
    }

    [PostgresFact]
    public async Task A_build_that_fails_or_is_canceled_leaves_no_index()
    {
        var (name, records) = ($"test_{Guid.NewGuid():N}", TestIndex.Records(1, 20_000, 128));
        using (var proxy = Proxy((sent, _) => sent > 5_000_000, 1))
        {
            await using var source = Through(proxy);
            await Should.ThrowAsync<PostgresIndexException>(() => PostgresIndex.BuildAsync(source, name, records.ToAsyncEnumerable(), null, Thrice));
        }

        using var cancellationToken = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(() => PostgresIndex.BuildAsync(server.Source, name, records.ToAsyncEnumerable(), progress: new Canceling(cancellationToken), cancellationToken: cancellationToken.Token));
        await Should.ThrowAsync<InvalidDataException>(() => PostgresIndex.BuildAsync(server.Source, name, Broken(records)));
        (await Should.ThrowAsync<ArgumentException>(() => PostgresIndex.BuildAsync(server.Source, name, records.Take(9000).Append(records[0]).ToAsyncEnumerable()))).Message.ShouldContain("comes twice");
        await Should.ThrowAsync<ArgumentException>(() => PostgresIndex.BuildAsync(server.Source, name, AsyncEnumerable.Empty<VectorRecord>()));
        (await server.ScalarAsync($"select count(*) from pg_class where relname like '{name}%'")).ShouldBe(0L);
        (await PostgresIndex.DropAsync(server.Source, name)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_reported_after_the_attempts()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Dispose();
        await using var source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={port};Username=postgres;Password=x;SSL Mode=Disable");
        var failure = await Should.ThrowAsync<PostgresIndexException>(() => PostgresIndex.OpenAsync(source, "there", Thrice));
        failure.Message.ShouldStartWith("there: the connection to the database failed");
        failure.Message.ShouldContain("tried 3 times");
    }

    [PostgresFact]
    public async Task A_schema_without_indexes_has_none_to_open_or_drop()
    {
        await server.ScalarAsync("create schema if not exists test_empty");
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.Connection.ConnectionString) { SearchPath = "test_empty" });
        (await Should.ThrowAsync<PostgresIndexException>(() => PostgresIndex.OpenAsync(source, "absent"))).Message.ShouldStartWith("absent: there is no such index");
        (await PostgresIndex.DropAsync(source, "absent")).ShouldBeFalse();
    }

    [PostgresFact]
    public async Task What_is_canceled_is_not_kept()
    {
        await using var made = await server.CreateAsync(4);
        var canceled = new CancellationToken(true);
        await Should.ThrowAsync<OperationCanceledException>(() => made.Index.AddAsync(TestIndex.Records(1, 5, 4), canceled));
        await Should.ThrowAsync<OperationCanceledException>(async () => await made.Index.SearchAsync(new float[4], cancellationToken: canceled));
        (await made.Index.CountAsync()).ShouldBe(0);
    }

    [PostgresFact]
    public async Task Within_a_transaction_the_caller_decides()
    {
        await using var made = await server.CreateAsync(4);
        var records = TestIndex.Records(1, 600, 4);
        await made.Index.AddAsync([.. records.Take(3)]);
        foreach (var isKept in (bool[])[false, true])
        {
            await using var connection = await server.Source.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            var within = made.Index.Within(transaction);
            await within.UpsertAsync(records);
            await within.UpsertAsync(records);
            (await within.DeleteAsync([records[0].Id])).ShouldBe(1);

            // What fails takes back its own changes only, and the transaction goes on.
            (await Should.ThrowAsync<ArgumentException>(() => within.AddAsync([new("new", new float[4]), records[5]]))).Message.ShouldContain("in the index already");
            (await within.CountAsync()).ShouldBe(599);
            (await within.SearchAsync(records[7].Vector, new VectorQuery { TopK = 1 }))[0].Id.ShouldBe(records[7].Id);
            if (isKept)
            {
                await transaction.CommitAsync();
            }
            else
            {
                await transaction.RollbackAsync();
            }

            await Should.ThrowAsync<InvalidOperationException>(() => within.UpsertAsync(records));
            await connection.CloseAsync();
            (await made.Index.CountAsync()).ShouldBe(isKept ? 599 : 3);
        }
    }

    [PostgresFact]
    public async Task Many_at_once_do_not_disturb_each_other()
    {
        await using var made = await server.BuildAsync(TestIndex.Records(1, 300, 8));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async worker =>
        {
            for (var i = 0; i < 5; i++)
            {
                await made.Index.UpsertAsync([new($"worker {worker} {i}", new float[] { worker, i, 1, 0, 0, 0, 0, 0 }), new("shared", new float[8])]);
                (await made.Index.SearchAsync(new float[] { worker, i, 1, 0, 0, 0, 0, 0 }, new VectorQuery { Exact = true })).Count.ShouldBe(10);
            }
        }));
        (await made.Index.CountAsync()).ShouldBe(331);
    }

    private static async IAsyncEnumerable<VectorRecord> Broken(List<VectorRecord> records)
    {
        await Task.CompletedTask;
        foreach (var record in records.Take(9000))
        {
            yield return record;
        }

        throw new InvalidDataException("the input is broken");
    }

    private CuttingProxy Proxy(Func<long, string, bool> isCut, int cuts) => new(server.Connection.Host!, server.Connection.Port, isCut, cuts);

    private NpgsqlDataSource Through(CuttingProxy proxy) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.Connection.ConnectionString) { Host = "127.0.0.1", Port = proxy.Port, MaxPoolSize = 2 });

    private sealed class Canceling(CancellationTokenSource source) : IProgress<long>
    {
        public void Report(long value) => source.Cancel();
    }
}
