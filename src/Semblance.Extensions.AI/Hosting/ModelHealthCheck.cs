using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Semblance.Extensions.AI;

/// <summary>Reports the registered models: healthy if all are loaded, degraded if some are not yet, and unhealthy if one failed.</summary>
internal sealed class ModelHealthCheck(IServiceProvider services, IEnumerable<ModelRegistration> models) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var states = models.Select(model => model.Source(services)).ToList();
        var data = states.GroupBy(state => state.Id).ToDictionary(
            group => group.Key, group => (object)(group.Any(state => state.Error is not null) ? "failed"
                : group.All(state => state.IsLoaded) ? "loaded" : "not loaded"));
        var failed = states.Find(state => state.Error is not null);
        return Task.FromResult(
            failed is not null
                ? new HealthCheckResult(
                    context.Registration.FailureStatus, $"The model '{failed.Id}' cannot be loaded.", failed.Error, data)
            : states.TrueForAll(state => state.IsLoaded) ? HealthCheckResult.Healthy("All models are loaded.", data)
            : HealthCheckResult.Degraded("Some models are not loaded yet.", data: data));
    }
}
