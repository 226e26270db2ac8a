using Microsoft.Extensions.Hosting;

namespace Semblance.Extensions.AI;

/// <summary>Loads the registered models while the host starts. A model that cannot be loaded stops the start.</summary>
internal sealed class ModelWarmUp(IServiceProvider services, IEnumerable<ModelRegistration> models) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var model in models)
        {
            await model.WarmUpAsync(services, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
