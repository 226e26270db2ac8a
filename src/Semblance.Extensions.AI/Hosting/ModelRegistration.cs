using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Semblance.Extensions.AI;

/// <summary>Represents a registered model to the warm-up and the health check, whatever its kind.</summary>
internal sealed class ModelRegistration
{
    private readonly Func<IServiceProvider, (bool WarmUp, string Id, Func<CancellationToken, Task> Load, Func<Exception?> Error, Func<bool> IsLoaded)>
        _model;

    private ModelRegistration(
        Func<IServiceProvider, (bool, string, Func<CancellationToken, Task>, Func<Exception?>, Func<bool>)> model) => _model = model;

    public static ModelRegistration Of<TModel>(object? key, Func<IServiceProvider, SemblanceModelOptions> options)
        where TModel : class => new(services =>
        {
            var source = key is null
                ? services.GetRequiredService<ModelSource<TModel>>()
                : services.GetRequiredKeyedService<ModelSource<TModel>>(key);
            return (options(services).WarmUp, source.Id, source.GetAsync, () => source.Error, () => source.Loaded is not null);
        });

    /// <summary>Creates the source of a model, which writes its warnings to the log.</summary>
    public static ModelSource<TModel> Source<TModel>(
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

    /// <summary>Loads the model, if its options say so.</summary>
    public Task WarmUpAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var (isWarmedUp, _, load, _, _) = _model(services);
        return isWarmedUp ? load(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Returns the state of the model.</summary>
    public (string Id, bool IsLoaded, Exception? Error) State(IServiceProvider services)
    {
        var (_, id, _, error, isLoaded) = _model(services);
        return (id, isLoaded(), error());
    }
}
