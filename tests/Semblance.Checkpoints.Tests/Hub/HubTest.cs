using System.Collections.Concurrent;

namespace Semblance.Checkpoints.Tests;

/// <summary>Provides a client, an empty cache, and a Hub with one model.</summary>
public abstract class HubTest : IDisposable
{
    private protected const string Model = "org/model";
    private protected const string Weights = "model.safetensors";

    private protected readonly TemporaryFolder _folder = new();
    private protected readonly FakeHub _hub = new();
    private protected readonly ConcurrentQueue<TimeSpan> _delays = [];
    private protected readonly SocketsHttpHandler _handler = new() { AllowAutoRedirect = false, UseProxy = false };
    private protected readonly HubOptions _options;
    private protected readonly byte[] _weights = File.ReadAllBytes(Fixtures.Own("models/bert/model.safetensors"));

    private protected HubTest()
    {
        _hub.Files["config.json"] = "{}"u8.ToArray();
        _hub.Files["tokenizer.json"] = "{\"a\":1}"u8.ToArray();
        _hub.Files[Weights] = _weights;
        _options = new HubOptions(name => name == "HF_HOME" ? _folder.Path : null)
        {
            Endpoint = _hub.Address,
            Token = "secret",
            Delay = (delay, _) =>
            {
                _delays.Enqueue(delay);
                return Task.CompletedTask;
            },
        };
    }

    private protected string Cache => Path.Combine(_folder.Path, "hub", "models--org--model");

    private protected string Blob => Path.Combine(Cache, "blobs", FakeHub.EtagOf(Weights, _weights));

    public void Dispose()
    {
        _handler.Dispose();
        _hub.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Task<string> DownloadAsync() => Client().DownloadAsync(Model);

#pragma warning disable CA2000 // The handler is the test's; the client holds nothing else.
    private protected HubClient Client(HubOptions? options = null) => new(options ?? _options, _handler);
#pragma warning restore CA2000
}
