using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Semblance.Benchmarks;

/// <summary>
/// The command <c>serve</c> under load from this process, which takes a part of the same cores: throughput beside that of the encoder in a
/// program, latency, overload, idle connections, and the end.
/// </summary>
internal static class ServerBenchmark
{
    /// <summary>The argument of the program that runs this.</summary>
    public const string Name = "server";

    private const string Path = "/v1/embeddings";
    private const double Share = 0.7; // of saturation, for latencies
    private const int Rounds = 3;
    private const int SampleSize = 500; // sentences that the encoder takes in a round
    private const int IdleConnections = 1000;

    private static readonly int[] Sizes = [1, 8, 64];
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Runs <c>server [throughput] [overload] [idle] [terminate] [--model FOLDER]</c>, all four by default;
    /// <c>server --model FOLDER --peer PROGRAM ARGUMENT…</c>; or <c>server --soak MINUTES</c>.
    /// </summary>
    public static async Task RunAsync(string[] args)
    {
        using var random = Option(args, "--model") is null ? new SavedModel(BenchmarkData.MiniLm) : null;
        var model = Option(args, "--model") ?? random!.Path;
        var sentences = BenchmarkData.Sentences();
        if (Option(args, "--soak") is { } minutes)
        {
            await SoakAsync(model, sentences, TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)));
            return;
        }

        var peer = Array.IndexOf(args, "--peer") is >= 0 and var at ? args[(at + 1)..] : null;
        if (peer is not null)
        {
            await ThroughputAsync(model, sentences, peer);
            return;
        }

        (string Name, Func<Task> Run)[] parts =
        [
            ("throughput", () => ThroughputAsync(model, sentences, null)), ("overload", () => OverloadAsync(model, sentences)),
            ("idle", () => IdleAsync(model, sentences)), ("terminate", () => TerminateAsync(model, sentences)),
        ];
        var chosen = Array.FindAll(parts, part => args.Contains(part.Name));
        foreach (var part in chosen.Length > 0 ? chosen : parts)
        {
            await part.Run();
        }
    }

    private static async Task ThroughputAsync(string model, string[] sentences, string[]? peer)
    {
        var encoder = SentenceTransformer.Load(model);
        await using var server = peer is null
            ? await ServerProcess.StartAsync(model)
            : await ServerProcess.StartAsync(peer[0], url => [.. peer[1..], url]);
        var sample = sentences[..SampleSize];
        encoder.Encode(sample);
        var (speeds, costs) = (Sizes.ToDictionary(size => size, _ => new List<double>()), Sizes.ToDictionary(size => size, _ => new List<double>()));
        var (shares, costShares) = (Sizes.ToDictionary(size => size, _ => new List<double>()), Sizes.ToDictionary(size => size, _ => new List<double>()));
        foreach (var size in Sizes)
        {
            await new Load(server.Address, Requests(sentences, size)).RunClosedAsync(Concurrency(size), Turn); // compiles
        }

        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            var cost = Measurement.ProcessorTime(() => encoder.Encode(sample)) / sample.Length;
            var speed = sample.Length / watch.Elapsed.TotalSeconds;
            foreach (var size in Sizes)
            {
                var before = server.ProcessorSeconds;
                var result = await new Load(server.Address, Requests(sentences, size)).RunClosedAsync(Concurrency(size), Turn);
                var (texts, used) = ((double)result.Succeeded * size, server.ProcessorSeconds - before);
                speeds[size].Add(texts / result.Seconds);
                shares[size].Add(texts / result.Seconds / speed);
                costs[size].Add(1e6 * used / texts);
                costShares[size].Add(cost / (used / texts));
            }
        }

        Console.WriteLine($"{"texts",6}{"texts/s",12}{"of encoder",12}{"µs of server",14}{"of encoder",12}   {Share:P0} of saturation: requests/s, p50, p99, cores of server");
        foreach (var size in Sizes)
        {
            var perSecond = Share * Measurement.Median(speeds[size]) / size;
            var before = server.ProcessorSeconds;
            var steady = await new Load(server.Address, Requests(sentences, size)).RunOpenAsync(perSecond, Long);
            var cores = (server.ProcessorSeconds - before) / steady.Seconds;
            Console.WriteLine(
                $"{size,6}{Measurement.Median(speeds[size]),12:F0}{Measurement.Median(shares[size]),12:P0}{Measurement.Median(costs[size]),14:F0}{Measurement.Median(costShares[size]),12:P0}"
                + $"   {perSecond,8:F1}/s {steady.Percentile(0.5),8:F1} ms {steady.Percentile(0.99),8:F1} ms {cores,6:F2}   {steady.Statuses}");
        }

        Console.WriteLine($"resident memory: {server.Megabytes:F0} MB");
    }

    private static async Task OverloadAsync(string model, string[] sentences)
    {
        await using var server = await ServerProcess.StartAsync(model, "--deadline", "5");
        var load = Requests(sentences, 8);
        var full = await new Load(server.Address, load).RunClosedAsync(Concurrency(8), Turn);
        var perSecond = 2 * full.Succeeded / full.Seconds;
        await new Load(server.Address, load).RunOpenAsync(perSecond, Long);
        var before = server.Megabytes;
        var result = await new Load(server.Address, load).RunOpenAsync(perSecond, Long);
        Console.WriteLine(
            $"twice saturation ({perSecond:F0}/s), deadline 5 s: {result.Statuses}; p99 {result.Percentile(0.99):F0} ms; {before:F0} MB before, {server.Megabytes:F0} MB after");
    }

    private static async Task IdleAsync(string model, string[] sentences)
    {
        await using var server = await ServerProcess.StartAsync(model);
        var (health, load) = (HttpConnection.Request("/health", null), Requests(sentences, 1));
        await new Load(server.Address, load).RunClosedAsync(1, Turn);
        var before = server.Megabytes;
        var alone = await new Load(server.Address, load).RunClosedAsync(1, Turn);
        var connections = new List<HttpConnection>();
        try
        {
            for (var i = 0; i < IdleConnections; i++)
            {
                connections.Add(await HttpConnection.ConnectAsync(server.Address));
                await connections[^1].SendAsync(health);
            }

            var beside = await new Load(server.Address, load).RunClosedAsync(1, Turn);
            var answered = 0;
            foreach (var connection in connections)
            {
                answered += (await connection.SendAsync(health)).Status == 200 ? 1 : 0;
            }

            Console.WriteLine(
                $"{IdleConnections:N0} idle connections: {before:F0} MB before, {server.Megabytes:F0} MB after; a text takes {alone.Percentile(0.5):F1} ms (p99 {alone.Percentile(0.99):F1}) "
                + $"without, {beside.Percentile(0.5):F1} ms (p99 {beside.Percentile(0.99):F1}) with them; {answered:N0} answer afterwards");
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    private static async Task TerminateAsync(string model, string[] sentences)
    {
        for (var round = 0; round < Rounds; round++)
        {
            await using var server = await ServerProcess.StartAsync(model);
            var running = new Load(server.Address, Requests(sentences, 8)).RunClosedAsync(Concurrency(8), TimeSpan.FromMinutes(5));
            await Task.Delay(Turn);
            var watch = Stopwatch.StartNew();
            server.Terminate();
            var exit = await server.EndAsync();
            var seconds = watch.Elapsed.TotalSeconds;
            Console.WriteLine($"kill -TERM under load: {(await running).Statuses}; the process ended after {seconds:F1} s with {exit}");
        }
    }

    private static async Task SoakAsync(string model, string[] sentences, TimeSpan duration)
    {
        await using var server = await ServerProcess.StartAsync(model);
        var watch = Stopwatch.StartNew();
        var texts = 0L;
        Console.WriteLine($"{"minutes",8}{"texts",14}{"resident, MB",14}   outcomes");
        while (watch.Elapsed < duration)
        {
            foreach (var size in Sizes)
            {
                var result = await new Load(server.Address, Requests(sentences, size)).RunClosedAsync(Concurrency(size), TimeSpan.FromSeconds(10));
                texts += (long)result.Succeeded * size;
                Console.WriteLine($"{watch.Elapsed.TotalMinutes,8:F1}{texts,14:N0}{server.Megabytes,14:F0}   {result.Statuses}");
            }
        }
    }

    // Enough requests under way that batches are full.
    private static int Concurrency(int size) => Math.Max(4, 64 / size);

    private static byte[][] Requests(string[] sentences, int size) => [.. sentences.Chunk(size).Select(texts => HttpConnection.Request(
        Path, $$"""{"model":"bench","encoding_format":"base64","input":[{{string.Join(',', texts.Select(text => $"\"{JsonEncodedText.Encode(text)}\""))}}]}"""))];

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
}
