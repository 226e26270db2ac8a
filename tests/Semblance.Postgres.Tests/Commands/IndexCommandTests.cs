using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Semblance.Checkpoints;
using Semblance.Cli.Commands.Indexes;
using Semblance.Cli.Tests;

namespace Semblance.Postgres.Tests.Commands;

/// <summary><c>semblance index … --table</c>, against a server.</summary>
[Collection(PostgresTests.Name)]
public class IndexCommandTests(PostgresServer server)
{
    private static readonly RecordedModel Model = new("mean-normalize");

    [PostgresFact]
    public async Task Texts_are_indexed_added_found_and_deleted_in_a_table()
    {
        using var folder = new TemporaryFolder();
        await using var table = new Table(server);
        var input = folder.Write("a.txt", "A man is eating food.\nHi\n");
        (await table.RunAsync("build", "--model", Model.Folder, "--input", input)).Done().Error.ShouldStartWith("indexed 2 vectors");

        // The index knows its model.
        (await table.RunAsync("search", "--query", "Hi", "--top-k", "1")).Done().Lines.ShouldBe(["1\t1.000000\t2\tHi"]);
        var records = folder.Write("b.jsonl", """
            {"id":"x","text":"A monkey is playing drums.","lang":"en","page":3}
            {"text":"Bonjour","lang":"fr"}

            """.ReplaceLineEndings("\n"));
        (await table.RunAsync("add", "--input", records)).Done().Error.ShouldBe("added 2 vectors; the index has 4\n");
        (await table.RunAsync("search", "--query", "A monkey is playing drums.", "--filter", "lang=fr")).Done().Lines.Single().ShouldEndWith("\t3\tBonjour");
        (await table.RunAsync("delete", "x", "1", "9")).Done().Error.ShouldBe("deleted 2 of 3; the index has 2 vectors\n");
        (await table.RunAsync("compact")).Done().Error.ShouldBe("the index has 2 vectors, all linked\n");

        var queries = folder.Write("q.txt", "Hi\nBonjour\n");
        var lines = (await table.RunAsync("search", "--queries", queries, "--top-k", "1", "--format", "json", "--exact")).Done().Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var hit = lines[1].GetProperty("hits")[0];
        (hit.GetProperty("rank").GetInt32(), hit.GetProperty("id").GetInt64(), hit.GetProperty("text").GetString(), hit.GetProperty("lang").GetString()).ShouldBe((1, 3, "Bonjour", "fr"));
        var info = JsonDocument.Parse((await table.RunAsync("info", "--format", "json")).Done().Output).RootElement;
        (info.GetProperty("vectors").GetInt32(), info.GetProperty("dimension").GetInt32(), info.GetProperty("similarity").GetString()).ShouldBe((2, 32, "cosine"));
        (info.GetProperty("storage").GetString(), info.GetProperty("method").GetString(), info.GetProperty("m").GetInt32(), info.GetProperty("ef_construction").GetInt32()).ShouldBe(("vector", "hnsw", 16, 64));
        info.GetProperty("bytes").GetInt64().ShouldBeGreaterThan(8192);
        (await table.RunAsync("info")).Done().Output.ShouldContain(Model.Folder);
    }

    [PostgresTheory]
    [InlineData("vector", "hnsw", "euclidean", "--m", "8", "--ef-construction", "50")]
    [InlineData("halfvec", "ivfflat", "cosine", "--lists", "10")]
    [InlineData("bit", "hnsw", "dot")]
    [InlineData("vector", "none", "manhattan")]
    public async Task A_table_is_made_as_pgvector_can_and_its_recall_is_measured(string storage, string method, string similarity, params string[] more)
    {
        using var folder = new TemporaryFolder();
        await using var table = new Table(server);
        var (vectors, ids, texts) = Vectors(folder);
        (await table.RunAsync(["build", "--input", vectors, "--ids", ids, "--texts", texts, "--storage", storage, "--method", method, "--similarity", similarity, .. more])).Done();
        var options = (await PostgresIndex.OpenAsync(server.Source, table.Name)).Options;
        (TableOptions.Name(options.Storage), TableOptions.Name(options.Method), options.Similarity).ShouldBe((storage, method, SimilarityFunctions.Parse(similarity)));

        string[] probes = method == "ivfflat" ? ["--probes", "10"] : [];
        var lines = (await table.RunAsync(["search", "--queries", vectors, "--top-k", "3", "--ef", "300", .. probes])).Done().Lines;
        lines.Length.ShouldBe(3 * 300);
        lines[21].ShouldStartWith("8\t1\t");
        if (similarity != "dot")
        {
            lines[21].ShouldEndWith("\tdoc-7\ttext 7");
        }

        var verified = (await table.RunAsync("verify", "--recall", "--ef", "300", "--samples", "50", "--format", "json")).Done();
        var recall = JsonDocument.Parse(verified.Output).RootElement.GetProperty("recall");
        recall.GetProperty("queries").GetInt32().ShouldBe(50);
        recall.GetProperty("recall").GetDouble().ShouldBeGreaterThan(method == "ivfflat" ? 0.5 : 0.98);
        var shown = (await table.RunAsync("info")).Done().Lines;
        shown.ShouldContain($"{"storage",-17}{storage}");
        shown.ShouldContain($"{"vectors",-17}300");
    }

    [PostgresFact]
    public async Task Hybrid_search_finds_what_has_the_words()
    {
        using var folder = new TemporaryFolder();
        await using var table = new Table(server);
        var input = folder.Write("a.txt", "How do I reset my password?\nThe parcel never came.\n如何重置我的密码?\n");
        (await table.RunAsync("build", "--model", Model.Folder, "--input", input, "--text-search", "simple", "--bigrams")).Done();
        (await table.RunAsync("search", "--query", "parcel", "--hybrid")).Done().Lines[0].ShouldEndWith("\t2\tThe parcel never came.");
        var both = (await table.RunAsync("search", "--queries", folder.Write("q.txt", "密码\npassword\n"), "--hybrid", "--top-k", "1")).Done().Lines;
        both.Select(line => line.Split('\t')[3]).ShouldBe(["3", "1"]);
        (await table.RunAsync("info")).Done().Output.ShouldContain("simple, pairs of characters");

        await using var wordless = new Table(server);
        (await wordless.RunAsync("build", "--model", Model.Folder, "--input", input)).Done();
        Fails(await wordless.RunAsync("search", "--query", "parcel", "--hybrid"), $"the index '{wordless.Name}' has no full-text index; build it with --text-search");
        var (vectors, _, _) = Vectors(folder, 32);
        Fails(await table.RunAsync("search", "--queries", vectors, "--hybrid"), "queries are vectors without texts");
    }

    [PostgresFact]
    public async Task What_the_database_refuses_is_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        await using var table = new Table(server);
        Fails(await table.RunAsync("info"), $"{table.Name}: there is no such index");
        Fails(await table.RunAsync("search", "--query", "Hi"), $"{table.Name}: there is no such index");
        var (vectors, _, _) = Vectors(folder);
        (await table.RunAsync("build", "--input", vectors, "--method", "none")).Done();
        Fails(await table.RunAsync("build", "--input", vectors), "there is an index or a table of that name already");
        Fails(await table.RunAsync("build", "--input", vectors, "--method", "ivfflat", "--similarity", "manhattan"), "does not support the Manhattan distance with IVFFlat");
        Fails(await table.RunAsync("add", "--input", folder.Write("a.txt", "Hi\n"), "--model", Model.Folder), "The index has vectors of dimension 8, of another model");
        (await PostgresIndex.OpenAsync(server.Source, table.Name)).Dimension.ShouldBe(8);
    }

    [PostgresFact]
    public async Task The_connection_may_be_in_the_environment()
    {
        using var folder = new TemporaryFolder();
        await using var table = new Table(server);
        var (vectors, _, _) = Vectors(folder);
        var before = Environment.GetEnvironmentVariable(IndexPlace.Variable);
        try
        {
            Environment.SetEnvironmentVariable(IndexPlace.Variable, server.Connection.ConnectionString);
            (await Outcome.OfAsync("index", "build", "--table", table.Name, "--input", vectors)).Done();
            Environment.SetEnvironmentVariable(IndexPlace.Variable, null);
            Fails(await Outcome.OfAsync("index", "info", "--table", table.Name), "--table: the connection is missing; give it with --postgres or in the environment variable SEMBLANCE_POSTGRES.");
        }
        finally
        {
            Environment.SetEnvironmentVariable(IndexPlace.Variable, before);
        }
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_one_line_without_the_password()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Fails(await Outcome.OfAsync("index", "info", "--table", "t", "--postgres", $"Host=127.0.0.1;Port={port};Username=me;Password=hunter2"), "t: the connection to the database failed");
    }

    [Theory]
    [InlineData("Host=localhost;Password=secret;hunter2=1")]
    [InlineData("postgres://me:hunter2@localhost:port/db")]
    [InlineData("Host=localhost;Port=hunter2")]
    [InlineData("Password=hunter2")]
    public async Task A_connection_that_cannot_be_read_is_not_repeated(string connection) =>
        Fails(await Outcome.OfAsync("index", "info", "--table", "t", "--postgres", connection), "--postgres: this is not a PostgreSQL connection string");

    [Theory]
    [InlineData("--precision is for an index in a folder; use --storage.", "build", "--table", "t", "--input", "a.npy", "--precision", "int8")]
    [InlineData("--storage is for an index in PostgreSQL (--table); use --precision.", "build", "--index", "d", "--input", "a.npy", "--storage", "bit")]
    [InlineData("--method is for an index in PostgreSQL (--table); an index in a folder is always an HNSW graph.", "build", "--index", "d", "--input", "a.npy", "--method", "none")]
    [InlineData("--text-search is for an index in PostgreSQL (--table); an index in a folder has no full-text search.", "build", "--index", "d", "--input", "a.npy", "--text-search", "simple")]
    [InlineData("--probes is for an index in PostgreSQL (--table); use --ef.", "search", "--index", "d", "--query", "q", "--probes", "2")]
    [InlineData("--hybrid is for an index in PostgreSQL (--table); an index in a folder has vectors only", "search", "--index", "d", "--query", "q", "--hybrid")]
    [InlineData("--postgres is for an index in PostgreSQL (--table); an index in a folder needs no connection.", "info", "--index", "d", "--postgres", "Host=h")]
    [InlineData("--threads is for an index in a folder; PostgreSQL builds with max_parallel_maintenance_workers", "compact", "--table", "t", "--threads", "2")]
    [InlineData("PostgreSQL checks its own files (pg_amcheck); use --recall", "verify", "--table", "t")]
    [InlineData("Give the folder of the index with --index, or its table in PostgreSQL with --table.", "info")]
    [InlineData("Give the folder of the index with --index, or its table in PostgreSQL with --table.", "delete", "--index", "d", "--table", "t", "1")]
    public async Task An_option_that_makes_no_sense_is_refused_by_name(string message, params string[] arguments)
    {
        var outcome = await Outcome.OfAsync(["index", .. arguments]);
        (outcome.ExitCode, outcome.ErrorLines.Length, outcome.Output).ShouldBe((2, 1, ""));
        outcome.Error.ShouldStartWith($"semblance index {arguments[0]}: {message}");
    }

    private static (string Vectors, string Ids, string Texts) Vectors(TemporaryFolder folder, int dimension = 8)
    {
        const int Count = 300;
        var random = new Random(1);
        var path = folder.Of($"v{dimension}.npy");
        using (var writer = new NpyWriter(path, dimension))
        {
            for (var i = 0; i < Count; i++)
            {
                writer.Write(TestIndex.Vector(random, dimension));
            }

            writer.Complete();
        }

        return (path, folder.Write("ids.txt", Lines("doc-")), folder.Write("texts.txt", Lines("text ")));

        static string Lines(string word) => string.Concat(Enumerable.Range(0, Count).Select(i => $"{word}{i}\n"));
    }

    private static void Fails(Outcome outcome, string message)
    {
        (outcome.ExitCode, outcome.ErrorLines.Length, outcome.Output).ShouldBe((1, 1, ""), outcome.Error);
        outcome.Error.ShouldContain(message);
        outcome.Error.ShouldNotContain("hunter2");
    }

    /// <summary>A table to be made by the command, dropped after the test.</summary>
    private sealed class Table(PostgresServer server) : IAsyncDisposable
    {
        public string Name { get; } = $"test_{Guid.NewGuid():N}";

        public Task<Outcome> RunAsync(string command, params string[] arguments) => RunAsync([command, .. arguments]);

        public Task<Outcome> RunAsync(string[] arguments) => Outcome.OfAsync(["index", arguments[0], "--table", Name, "--postgres", server.Connection.ConnectionString, .. arguments[1..]]);

        public async ValueTask DisposeAsync() => await PostgresIndex.DropAsync(server.Source, Name);
    }
}
