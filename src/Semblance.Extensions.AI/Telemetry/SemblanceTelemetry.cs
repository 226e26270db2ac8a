namespace Semblance.Extensions.AI;

/// <summary>
/// Provides the names of the telemetry, which follows the semantic conventions of OpenTelemetry for generative AI.
/// </summary>
public static class SemblanceTelemetry
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/>.</summary>
    public const string ActivitySourceName = "Semblance";

    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "Semblance";

    /// <summary>The name of the provider in telemetry and metadata.</summary>
    public const string ProviderName = "semblance";
}
