using Microsoft.Extensions.Configuration;
using OpenTelemetry;

namespace Semblance.Server.Observability;

/// <summary>Sends metrics and traces to an OpenTelemetry collector.</summary>
internal static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds the exporter if the environment names a collector by OpenTelemetry's own variable.</summary>
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        if (!string.IsNullOrEmpty(configuration[Endpoint]))
        {
            services.AddOpenTelemetry()
                .WithMetrics(metrics => metrics.AddMeter(ServerMetrics.Name))
                .WithTracing(traces => traces.AddSource(ServerMetrics.Name))
                .UseOtlpExporter();
        }
    }
}
