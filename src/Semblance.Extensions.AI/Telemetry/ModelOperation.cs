using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Semblance.Extensions.AI;

/// <summary>
/// Represents one call of a model in the telemetry: an activity, a duration, a number of tokens and a log entry, by the semantic
/// conventions of OpenTelemetry for generative AI.
/// </summary>
internal sealed class ModelOperation : IDisposable
{
    private static readonly ActivitySource Source = new(SemblanceTelemetry.ActivitySourceName);
    private static readonly Meter Meter = new(SemblanceTelemetry.MeterName);

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "gen_ai.client.operation.duration", "s", "The duration of a call of a model.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
        });

    private static readonly Histogram<int> Tokens = Meter.CreateHistogram(
        "gen_ai.client.token.usage", "{token}", "The number of tokens of a call of a model.",
        advice: new InstrumentAdvice<int>
        {
            HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
        });

    private readonly string _name;
    private readonly string _model;
    private readonly ILogger? _logger;
    private readonly Activity? _activity;
    private readonly long _start = Stopwatch.GetTimestamp();
    private string? _error;

    private ModelOperation(string name, string model, ILogger? logger)
    {
        (_name, _model, _logger) = (name, model, logger);
        _activity = Source.StartActivity($"{name} {model}", ActivityKind.Internal, default(ActivityContext), [
            new("gen_ai.operation.name", name),
            new("gen_ai.provider.name", SemblanceTelemetry.ProviderName),
            new("gen_ai.request.model", model)]);
    }

    /// <summary>Begins an operation.</summary>
    /// <param name="name">The name of the operation, such as <c>embeddings</c>.</param>
    /// <param name="model">The name of the model.</param>
    /// <param name="logger">The logger; <see langword="null"/> for none.</param>
    public static ModelOperation Start(string name, string model, ILogger? logger) => new(name, model, logger);

    /// <summary>Runs an operation and records its error, if it fails.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> run)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _error = e.GetType().FullName;
            _activity?.SetTag("error.type", _error).SetStatus(ActivityStatusCode.Error, e.Message);
            if (_logger is not null && e is not OperationCanceledException)
            {
                LogEntries.Failed(_logger, _name, _model, e);
            }

            throw;
        }
    }

    /// <summary>Records the result of an operation.</summary>
    /// <param name="count">The number of texts, images or pairs.</param>
    /// <param name="tokens">The number of tokens; 0 if there are none to count.</param>
    /// <param name="dimensions">The number of elements of a vector; <see langword="null"/> if there are no vectors.</param>
    public void Complete(int count, int tokens, int? dimensions)
    {
        _activity?.SetTag("gen_ai.response.model", _model).SetTag("gen_ai.usage.input_tokens", tokens);
        if (dimensions is not null)
        {
            _activity?.SetTag("gen_ai.embeddings.dimension.count", dimensions);
        }

        if (Tokens.Enabled)
        {
            var tags = Tags();
            tags.Add("gen_ai.token.type", "input");
            Tokens.Record(tokens, tags);
        }

        if (_logger is not null)
        {
            LogEntries.Completed(_logger, _name, _model, count, tokens, Stopwatch.GetElapsedTime(_start).TotalMilliseconds);
        }
    }

    /// <summary>Ends the activity and records the duration.</summary>
    public void Dispose()
    {
        if (Durations.Enabled)
        {
            var tags = Tags();
            if (_error is not null)
            {
                tags.Add("error.type", _error);
            }

            Durations.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds, tags);
        }

        _activity?.Dispose();
    }

    private TagList Tags() => new()
    {
        { "gen_ai.operation.name", _name },
        { "gen_ai.provider.name", SemblanceTelemetry.ProviderName },
        { "gen_ai.request.model", _model },
        { "gen_ai.response.model", _model },
    };
}
