using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Semblance.Postgres.Tests;

/// <summary>The server of all tests: the one that <c>SEMBLANCE_POSTGRES</c> connects to, or PGlite.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    public const string Variable = "SEMBLANCE_POSTGRES";

    private Process? _process;

    public static string? Named { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null;

    public NpgsqlConnectionStringBuilder Connection { get; private set; } = [];

    public NpgsqlDataSource Source { get; private set; } = null!;

    /// <summary>Ways of loading that the server takes: PGlite takes no COPY.</summary>
    public static PostgresLoading[] Loadings => Named is null ? [PostgresLoading.Insert, PostgresLoading.Auto] : [PostgresLoading.Insert, PostgresLoading.Copy];

    public async Task InitializeAsync()
    {
        if (Named is null && Pglite.Problem is not null)
        {
            return; // every test is skipped
        }

        Connection = new NpgsqlConnectionStringBuilder(Named ?? "Host=127.0.0.1;Username=postgres;Password=x;Database=postgres;SSL Mode=Disable");
        if (Named is null)
        {
            Connection.Port = FreePort();
            _process = await Pglite.StartAsync(Connection.Port);
        }

        Connection.MaxPoolSize = Named is null ? 1 : 8; // PGlite mixes up what several connections send
        Source = NpgsqlDataSource.Create(Connection);
    }

    /// <summary>An empty index, dropped at the end.</summary>
    public async Task<TestIndex> CreateAsync(int dimension, PostgresIndexOptions? options = null, PostgresAccess? access = null)
    {
        var name = $"test_{Guid.NewGuid():N}";
        return new TestIndex(await PostgresIndex.CreateAsync(Source, name, dimension, options, access), Source);
    }

    /// <summary>An index of vectors, dropped at the end.</summary>
    public async Task<TestIndex> BuildAsync(IEnumerable<VectorRecord> records, PostgresIndexOptions? options = null, PostgresAccess? access = null)
    {
        var name = $"test_{Guid.NewGuid():N}";
        return new TestIndex(await PostgresIndex.BuildAsync(Source, name, records.ToAsyncEnumerable(), options, access), Source);
    }

    /// <summary>One value that the server says.</summary>
    public async Task<object?> ScalarAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    public async Task DisposeAsync()
    {
        if (Source is not null)
        {
            await Source.DisposeAsync();
        }

        if (_process is not null)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
