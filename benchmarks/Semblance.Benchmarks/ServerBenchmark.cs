using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Semblance.Server;

namespace Semblance.Benchmarks;

/// <summary>
/// The server over loopback, with its clients in the same process, against the encoder alone: at saturation texts per second of wall time
/// and of processor time, and below it the latency of requests that are sent at a fixed rate.
/// </summary>
internal static class ServerBenchmark
{
    private const double Load = 0.7;

    private static readonly (int Texts, int Clients)[] Sizes = [(1, 64), (8, 16), (64, 4)];

    public static void Run()
    {
        Console.WriteLine($"{"model",-12}{"texts",6}{"offline/s",11}{"server/s",10}{"wall",7}{"CPU",7}{"p50 at 70%",12}{"p99",9}{"failed",8}");
        using var miniLm = new SavedModel(BenchmarkData.MiniLm);
        foreach (var (name, folder, count) in new[] { ("bundled", DefaultModel.Folder, 6000), ("MiniLM-L6", miniLm.Path, 1500) })
        {
            var texts = BenchmarkData.Sentences().Take(count).ToArray();
            var model = SentenceTransformer.Load(folder);
            model.Encode(texts);
            RunAsync(name, folder, model, texts).GetAwaiter().GetResult();
        }
    }

    private static async Task RunAsync(string name, string folder, SentenceTransformer model, string[] texts)
    {
        var server = SemblanceServer.Create(
            new ServerOptions { Models = [new ServedModel(name, folder)] }, "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None");
        await server.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(server.Urls.First()), Timeout = TimeSpan.FromMinutes(10) };
        foreach (var (size, clients) in Sizes)
        {
            byte[][] bodies = [.. texts.Chunk(size).Select(
                chunk => JsonSerializer.SerializeToUtf8Bytes(new { input = chunk, model = name, encoding_format = "base64" }))];
            await SaturateAsync(client, bodies.Take(bodies.Length / 4).ToArray(), clients); // warm
            var (offline, server1, server2) = (Cost.Of(() => model.Encode(texts)), await SaturateAsync(client, bodies, clients),
                await SaturateAsync(client, bodies, clients));
            var offline2 = Cost.Of(() => model.Encode(texts));
            offline = offline.Wall < offline2.Wall ? offline : offline2;
            var online = server1.Wall < server2.Wall ? server1 : server2;
            var rate = Load * bodies.Length / online.Wall;
            var (latencies, failed) = await PaceAsync(client, bodies, rate);
            Console.WriteLine(
                $"{name,-12}{size,6}{texts.Length / offline.Wall,11:N0}{texts.Length / online.Wall,10:N0}{offline.Wall / online.Wall,7:P0}"
                + $"{offline.Processor / online.Processor,7:P0}{latencies[latencies.Length / 2],9:F1} ms{latencies[latencies.Length * 99 / 100],6:F1} ms"
                + $"{failed,8}");
        }

        await server.StopAsync();
        await server.DisposeAsync();
    }

    // Each client sends its next request when it has the answer to the last.
    private static async Task<Cost> SaturateAsync(HttpClient client, byte[][] bodies, int clients)
    {
        var next = -1;
        var started = Cost.Now();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            int i;
            while ((i = Interlocked.Increment(ref next)) < bodies.Length)
            {
                await SendAsync(client, bodies[i]);
            }
        })));
        return Cost.Now() - started;
    }

    // Requests leave at a fixed rate, whether the answers have come or not.
    private static async Task<(double[] Milliseconds, int Failed)> PaceAsync(HttpClient client, byte[][] bodies, double rate)
    {
        var started = Stopwatch.GetTimestamp();
        var failed = 0;
        var tasks = new List<Task<double>>();
        for (var i = 0; i < bodies.Length; i++)
        {
            var due = TimeSpan.FromSeconds(i / rate) - Stopwatch.GetElapsedTime(started);
            if (due > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(due);
            }

            var body = bodies[i];
            tasks.Add(Task.Run(async () =>
            {
                var sent = Stopwatch.GetTimestamp();
                failed += await SendAsync(client, body) ? 0 : 1;
                return Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            }));
        }

        return ([.. (await Task.WhenAll(tasks)).Order()], failed);
    }

    private static async Task<bool> SendAsync(HttpClient client, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await client.PostAsync("/v1/embeddings", content);
        await response.Content.ReadAsByteArrayAsync();
        return response.IsSuccessStatusCode;
    }

    /// <summary>Seconds of wall time and of processor time.</summary>
    private readonly record struct Cost(double Wall, double Processor)
    {
        public static Cost Now() => new(
            Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency, Environment.CpuUsage.TotalTime.TotalSeconds);

        public static Cost operator -(Cost a, Cost b) => new(a.Wall - b.Wall, a.Processor - b.Processor);

        public static Cost Of(Action action)
        {
            var started = Now();
            action();
            return Now() - started;
        }
    }
}
