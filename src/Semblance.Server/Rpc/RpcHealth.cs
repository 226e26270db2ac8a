using Microsoft.Extensions.Diagnostics.HealthChecks;
using Semblance.Server.Models;

namespace Semblance.Server.Rpc;

/// <summary>Represents the health of the gRPC services: they serve from when the first model is loaded until the server stops.</summary>
internal sealed class RpcHealth(ModelHost models, Draining draining) : IHealthCheck
{
    /// <summary>The name of the check.</summary>
    public const string Name = "semblance";

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(models.IsReady && !draining.HasBegun ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
}
