using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Semblance.Server.Tests;

/// <summary>A server in this process, on a free port of the loopback interface.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app)
    {
        _app = app;
        Url = new Uri(app.Urls.First());
        Client = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromMinutes(5) };
    }

    public Uri Url { get; }

    /// <summary>The address of the gRPC services, of a server that has one.</summary>
    public Uri RpcUrl => new(_app.Urls.Last());

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static string DenseModel => Fixtures.Own("st/mean-normalize");

    public static string PromptsModel => Fixtures.Own("st/prompts-dot");

    public static string CrossModel => Fixtures.Own("st/cross-encoder");

    public static string ClassifierModel => Fixtures.Own("st/cross-encoder-nli");

    public static string SparseModel => Fixtures.Own("st/splade");

    /// <summary>Starts a server of a model of dense vectors, or of others.</summary>
    public static Task<TestServer> StartAsync(params string[] models) => StartAsync(new ServerOptions
    {
        Models = models.Length > 0 ? [.. models.Select(ServedModel.Parse)] : [new ServedModel("dense", DenseModel)],
    });

    public static async Task<TestServer> StartAsync(ServerOptions options)
    {
        var app = SemblanceServer.Create(options, "--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None");
        await app.StartAsync();
        return new TestServer(app);
    }

    /// <summary>Sends a body and returns the answer.</summary>
    public Task<Answer> PostAsync(string path, string json) => SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(json));

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, byte[]? body = null, string type = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Client.SendAsync(request);
        return new Answer(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(',', header.Value)));
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    internal sealed record Answer(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
    {
        public JsonElement Json => JsonElement.Parse(Body);
    }
}
