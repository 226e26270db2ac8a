using Microsoft.Extensions.Hosting;

namespace Semblance.Server.Models;

/// <summary>Loads the first model when the server starts, so that the first request does not wait.</summary>
internal sealed partial class WarmUp(ModelHost models, ILogger<WarmUp> log) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var lease = await models.AcquireAsync(models.Names[0], ModelTask.Any, stoppingToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The server answers requests to its other models.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogFailure(e, models.Names[0]);
        }
    }

    [LoggerMessage(LogLevel.Error, "The model {Model} cannot be loaded")]
    private partial void LogFailure(Exception exception, string model);
}
