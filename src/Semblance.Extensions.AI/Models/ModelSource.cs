namespace Semblance.Extensions.AI;

/// <summary>
/// Represents a model that is loaded when it is first needed, once for all of its users. A load that fails is attempted again by the next
/// caller.
/// </summary>
/// <typeparam name="TModel">The type of the model, such as <see cref="SentenceTransformer"/>.</typeparam>
/// <remarks>All members are thread-safe.</remarks>
public sealed class ModelSource<TModel> : IModelSource
    where TModel : class
{
    private readonly Func<CancellationToken, Task<TModel>> _load;
    private readonly Lock _lock = new();
    private Task<TModel>? _loading;

    /// <summary>Initializes a new instance of the <see cref="ModelSource{TModel}"/> class that loads a model on demand.</summary>
    /// <param name="id">The name of the model in metadata, telemetry and messages.</param>
    /// <param name="load">The function that loads the model.</param>
    public ModelSource(string id, Func<CancellationToken, Task<TModel>> load)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(load);
        (Id, _load) = (id, load);
    }

    /// <summary>Initializes a new instance of the <see cref="ModelSource{TModel}"/> class from a loaded model.</summary>
    /// <param name="id">The name of the model in metadata, telemetry and messages.</param>
    /// <param name="model">The model.</param>
    public ModelSource(string id, TModel model)
        : this(id, _ => Task.FromResult(model))
    {
        ArgumentNullException.ThrowIfNull(model);
        _loading = Task.FromResult(model);
    }

    /// <summary>Gets the name of the model in metadata, telemetry and messages.</summary>
    public string Id { get; }

    /// <summary>Gets the model, or <see langword="null"/> while it is not loaded.</summary>
    public TModel? Loaded => _loading is { IsCompletedSuccessfully: true } task ? task.Result : null;

    /// <summary>Gets the error of the last attempt to load the model; <see langword="null"/> if there is none.</summary>
    public Exception? Error => _loading is { IsFaulted: true } task ? task.Exception.InnerException : null;

    bool IModelSource.IsLoaded => Loaded is not null;

    /// <summary>Returns the model, after loading it if that has not happened yet.</summary>
    /// <param name="cancellationToken">The token that cancels the waiting; the loading continues for other callers.</param>
    public Task<TModel> GetAsync(CancellationToken cancellationToken = default)
    {
        if (_loading is { IsCompletedSuccessfully: true } loaded)
        {
            return loaded;
        }

        lock (_lock)
        {
            if (_loading is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _loading = Task.Run(() => _load(CancellationToken.None), CancellationToken.None);
            }

            return _loading.WaitAsync(cancellationToken);
        }
    }

    Task IModelSource.LoadAsync(CancellationToken cancellationToken) => GetAsync(cancellationToken);
}
