using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Numerics;

namespace Semblance.Server.Observability;

/// <summary>
/// Represents the instruments of the server. Those about requests have the names of OpenTelemetry's semantic conventions for generative AI.
/// </summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>The name of the meter and of the source of traces.</summary>
    public const string Name = "Semblance.Server";

    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    private static readonly double[] Sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 65536, 262144, 1048576];

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _queueDuration;
    private readonly Histogram<double> _batchDuration;
    private readonly Histogram<long> _tokens;
    private readonly Histogram<long> _batchTokens;
    private readonly Histogram<long> _batchTexts;
    private readonly Counter<long> _truncated;
    private readonly Counter<long> _refused;

    public ServerMetrics()
    {
        _duration = Create<double>("gen_ai.server.request.duration", "s", "The duration of requests to models", Seconds);
        _queueDuration = Create<double>("semblance.queue.duration", "s", "The time from the queue to the first batch", Seconds);
        _batchDuration = Create<double>("semblance.batch.duration", "s", "The duration of batches", Seconds);
        _tokens = Create<long>("gen_ai.client.token.usage", "{token}", "The number of input tokens of requests", Sizes);
        _batchTokens = Create<long>("semblance.batch.tokens", "{token}", "The number of tokens of batches", Sizes);
        _batchTexts = Create<long>("semblance.batch.texts", "{text}", "The number of texts of batches", Sizes);
        _truncated = _meter.CreateCounter<long>("semblance.texts.truncated", "{text}", "The number of texts cut to the maximum length");
        _refused = _meter.CreateCounter<long>("semblance.requests.refused", "{request}", "The number of requests refused: the queue is full");
    }

    /// <summary>Gets the source of traces.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>Gets the meter.</summary>
    public Meter Meter => _meter;

    /// <summary>Registers a number that is read when the metrics are.</summary>
    public void Observe(string name, string unit, string description, Func<long> read) =>
        _meter.CreateObservableGauge(name, read, unit, description);

    /// <summary>Adds a batch.</summary>
    public void AddBatch(int texts, long tokens, TimeSpan elapsed)
    {
        _batchTexts.Record(texts);
        _batchTokens.Record(tokens);
        _batchDuration.Record(elapsed.TotalSeconds);
    }

    /// <summary>Adds a request that was computed.</summary>
    public void AddRequest(string operation, string model, long tokens, int truncated, TimeSpan queued)
    {
        var tags = new TagList { { "gen_ai.operation.name", operation }, { "gen_ai.request.model", model }, { "gen_ai.token.type", "input" } };
        _tokens.Record(tokens, tags);
        _queueDuration.Record(queued.TotalSeconds, new TagList { { "gen_ai.request.model", model } });
        if (truncated > 0)
        {
            _truncated.Add(truncated, new TagList { { "gen_ai.request.model", model } });
        }
    }

    /// <summary>Adds the end of a request.</summary>
    public void AddDuration(string route, int status, TimeSpan elapsed)
    {
        var tags = new TagList { { "http.route", route }, { "http.response.status_code", status } };
        _duration.Record(elapsed.TotalSeconds, tags);
        if (status == StatusCodes.Status429TooManyRequests)
        {
            _refused.Add(1, new TagList { { "http.route", route } });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private Histogram<T> Create<T>(string name, string unit, string description, double[] buckets)
        where T : struct, INumber<T> => _meter.CreateHistogram(
            name,
            unit,
            description,
            null,
            new InstrumentAdvice<T> { HistogramBucketBoundaries = [.. buckets.Select(bucket => T.CreateChecked(bucket))] });
}
