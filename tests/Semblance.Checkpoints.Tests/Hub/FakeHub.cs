using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Semblance.Checkpoints.Tests;

/// <summary>
/// Represents a web server on the loopback interface with the routes of the Hub. Large files (<c>.safetensors</c>, <c>.bin</c>) are
/// redirected to a second server, as on the Hub.
/// </summary>
internal sealed class FakeHub : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly FakeHub? _storage;

    public FakeHub()
        : this(new FakeHub(null))
    {
    }

    private FakeHub(FakeHub? storage)
    {
        _storage = storage;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Gets the server of the large files.</summary>
    public FakeHub Storage => _storage!;

    /// <summary>Gets the files of the only model, <c>org/model</c>.</summary>
    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets names that the server lists beside its files.</summary>
    public List<string> OtherNames { get; } = [];

    /// <summary>Gets the requests so far, such as <c>GET /org/model/resolve/…</c>.</summary>
    public ConcurrentQueue<FakeRequest> Requests { get; } = [];

    /// <summary>Gets or sets a function that responds instead of the Hub unless it returns <see langword="null"/>.</summary>
    public Func<FakeRequest, FakeResponse?> Intercept { get; set; } = _ => null;

    public int Count(string method, string part = "") => Requests.Count(request => request.Method == method && request.Path.Contains(part));

#pragma warning disable CA5350 // git names its blobs by SHA-1.
    public static string EtagOf(string name, byte[] content) => Convert.ToHexStringLower(IsLarge(name)
        ? SHA256.HashData(content)
        : SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350

    public void Dispose()
    {
        _listener.Dispose();
        _storage?.Dispose();
    }

    private static bool IsLarge(string name) => Path.GetExtension(name) is ".safetensors" or ".bin";

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var request = await FakeRequest.ReadAsync(stream);
                Requests.Enqueue(request);
                var response = Intercept(request) ?? Respond(request);
                await response.WriteAsync(stream, withBody: request.Method != "HEAD");
            }
            catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
            {
                // The client has disconnected.
            }
        }
    }

    private FakeResponse Respond(FakeRequest request)
    {
        const string Model = "/org/model/resolve/" + Commit + "/";
        if (request.Path is "/api/models/org/model/revision/main" or "/api/models/org/model/revision/refs%2Fpr%2F1" or "/api/models/org/model/revision/" + Commit)
        {
            var siblings = string.Join(",", Files.Keys.Concat(OtherNames).Select(name => $$"""{"rfilename":"{{name}}"}"""));
            return new FakeResponse(200, Encoding.UTF8.GetBytes($$"""{"sha":"{{Commit}}","siblings":[{{siblings}}]}"""));
        }

        if (request.Path.StartsWith("/blob/", StringComparison.Ordinal))
        {
            return Content(request, Files[request.Path["/blob/".Length..]]);
        }

        if (!request.Path.StartsWith(Model, StringComparison.Ordinal) || !Files.TryGetValue(request.Path[Model.Length..], out var content))
        {
            return new FakeResponse(404);
        }

        var name = request.Path[Model.Length..];
        if (_storage is null || !IsLarge(name))
        {
            return Content(request, content) with { Headers = [$"ETag: W/\"{EtagOf(name, content)}\"", $"X-Repo-Commit: {Commit}"] };
        }

        _storage.Files[name] = content;
        return new FakeResponse(302)
        {
            Headers =
            [
                $"Location: {_storage.Address}blob/{name}", $"X-Repo-Commit: {Commit}",
                $"X-Linked-Etag: \"{EtagOf(name, content)}\"", $"X-Linked-Size: {content.Length}",
            ],
        };
    }

    /// <summary>Returns a file, or the requested part of it.</summary>
    public static FakeResponse Content(FakeRequest request, byte[] content)
    {
        if (!request.Headers.TryGetValue("range", out var range))
        {
            return new FakeResponse(200, content);
        }

        var from = int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
        return from >= content.Length
            ? new FakeResponse(416)
            : new FakeResponse(206, content[from..]) { Headers = [$"Content-Range: bytes {from}-{content.Length - 1}/{content.Length}"] };
    }
}
