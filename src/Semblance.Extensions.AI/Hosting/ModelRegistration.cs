using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Semblance.Extensions.AI;

/// <summary>Represents a registered model to the warm-up and the health check, whatever its type.</summary>
/// <param name="source">The function that returns the source of the model.</param>
/// <param name="options">The function that returns the options of the model.</param>
internal sealed class ModelRegistration(Func<IServiceProvider, IModelSource> source, Func<IServiceProvider, SemblanceModelOptions> options)
{
    /// <summary>Creates the source of a model that writes the loading and the warnings of the model to the log.</summary>
    public static ModelSource<TModel> Logged<TModel>(
        IServiceProvider services, string id, Func<CancellationToken, Task<TModel>> load, Func<TModel, IReadOnlyList<string>> warnings)
        where TModel : class
    {
        var logger = services.GetService<ILoggerFactory>()?.CreateLogger(typeof(TModel).FullName!);
        return new ModelSource<TModel>(id, async cancellationToken =>
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                var model = await load(cancellationToken).ConfigureAwait(false);
                if (logger is not null)
                {
                    LogEntries.Loaded(logger, id, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    foreach (var warning in warnings(model))
                    {
                        LogEntries.ModelWarning(logger, id, warning);
                    }
                }

                return model;
            }
            catch (Exception e) when (logger is not null)
            {
                LogEntries.LoadFailed(logger, id, e);
                throw;
            }
        });
    }

    /// <summary>Returns the source of the model.</summary>
    public IModelSource Source(IServiceProvider services) => source(services);

    /// <summary>Loads the model, if its options say so.</summary>
    public Task WarmUpAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        options(services).WarmUp ? source(services).LoadAsync(cancellationToken) : Task.CompletedTask;
}
