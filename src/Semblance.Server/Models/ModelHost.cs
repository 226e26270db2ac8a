using Semblance.Checkpoints;
using Semblance.Server.Observability;
using Semblance.Tensors;

namespace Semblance.Server.Models;

/// <summary>
/// Holds the models of a server: each is loaded when a request first needs it. Beyond the memory limit, the models that were not used for
/// the longest time are unloaded; so are models that were idle for <see cref="ServerOptions.IdleTimeout"/>.
/// </summary>
internal sealed partial class ModelHost : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HostedModel> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _adapters = new(StringComparer.Ordinal); // folders by name
    private readonly List<string> _names = [];
    private readonly ServerOptions _options;
    private readonly Func<string, ComputeType, LoadedModel> _load;
    private readonly ILogger<ModelHost> _log;
    private readonly TimeProvider _time;
    private readonly ITimer? _idle;

    /// <summary>Initializes a new instance of the <see cref="ModelHost"/> class and checks that every model exists.</summary>
    /// <exception cref="ArgumentException">Two models have the same name, or the model of an adapter is not served.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such model.</exception>
    /// <exception cref="FileNotFoundException">A file of an adapter is missing.</exception>
    /// <exception cref="FormatException">A file of an adapter is damaged.</exception>
    public ModelHost(
        ServerOptions options, ILogger<ModelHost> log, ServerMetrics? metrics = null, TimeProvider? time = null,
        Func<string, ComputeType, LoadedModel>? load = null)
    {
        (_options, _log, _time, _load) = (options, log, time ?? TimeProvider.System, load ?? LoadedModel.Load);
        foreach (var served in options.Models)
        {
            var folder = FolderOf(served.Model);
            var same = _byName.Values.FirstOrDefault(other => other.Folder == folder && other.Served.Compute == served.Compute);
            Add(served.Name, same ?? new HostedModel(served, folder));
        }

        foreach (var adapter in options.Adapters)
        {
            Add(adapter.Name, BaseOf(adapter));
            _adapters.Add(adapter.Name, adapter.Folder);
        }

        metrics?.Observe("semblance.models.loaded", "{model}", "The number of models in memory", () => Loaded.Count());
        if (options.IdleTimeout is { } timeout)
        {
            var period = TimeSpan.FromTicks(Math.Max(timeout.Ticks / 4, TimeSpan.TicksPerSecond));
            _idle = _time.CreateTimer(_ => UnloadIdle(timeout), null, period, period);
        }
    }

    /// <summary>Gets the names of the models and then of the adapters, in the order of the options.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Gets a value that indicates whether the first model is in memory.</summary>
    public bool IsReady => Find(_names[0], ModelTask.Any).Model.IsLoaded;

    /// <summary>Gets the models that are in memory.</summary>
    public IEnumerable<HostedModel> Loaded
    {
        get
        {
            lock (_gate)
            {
                return [.. _byName.Values.Distinct().Where(model => model.IsLoaded)];
            }
        }
    }

    /// <summary>Returns the time at which a model is unloaded unless it is used before; the last one there is if it never is.</summary>
    public DateTimeOffset ExpiresAt(HostedModel model)
    {
        lock (_gate)
        {
            return _options.IdleTimeout is { } timeout
                ? _time.GetUtcNow() + timeout - (model.Users > 0 ? TimeSpan.Zero : _time.GetElapsedTime(model.LastUsed))
                : DateTimeOffset.MaxValue;
        }
    }

    /// <summary>Returns the model of a name.</summary>
    /// <param name="name">
    /// The name, with or without Ollama's <c>:latest</c>; <see langword="null"/> or empty for the first model that supports the task.
    /// </param>
    /// <param name="task">What the model is needed for.</param>
    /// <exception cref="ModelNotFoundException">There is no such model.</exception>
    /// <exception cref="RequestException">The model is of another kind.</exception>
    public (string Name, HostedModel Model) Find(string? name, ModelTask task)
    {
        if (string.IsNullOrEmpty(name))
        {
            name = _names.FirstOrDefault(candidate => _byName[candidate].Supports(task))
                ?? throw RequestException.WrongModel(_names[0], task);
        }

        const string Latest = ":latest";
        if (!_byName.ContainsKey(name) && name.EndsWith(Latest, StringComparison.Ordinal))
        {
            name = name[..^Latest.Length];
        }

        return !_byName.TryGetValue(name, out var found) ? throw new ModelNotFoundException(name, _names)
            : found.Supports(task) ? (name, found)
            : throw RequestException.WrongModel(name, task);
    }

    /// <summary>Returns a model, loaded if it is not in memory, until the lease is disposed.</summary>
    /// <param name="name">The name; <see langword="null"/> for the first model that supports the task.</param>
    /// <param name="task">What the model is needed for.</param>
    /// <param name="cancellationToken">The token that cancels the wait; the model is loaded nevertheless.</param>
    /// <inheritdoc cref="Find" path="/exception"/>
    public async Task<ModelLease> AcquireAsync(string? name, ModelTask task, CancellationToken cancellationToken)
    {
        var (found, hosted) = Find(name, task);
        var started = _time.GetTimestamp();
        Task<LoadedModel> loading;
        lock (_gate)
        {
            hosted.Users++;
            if (hosted.Loading is null or { IsFaulted: true } or { IsCanceled: true })
            {
                MakeRoom(hosted);
                hosted.Loading = Task.Run(() => Load(hosted), CancellationToken.None);
            }

            loading = hosted.Loading;
        }

        try
        {
            var wasLoaded = loading.IsCompleted;
            var model = await loading.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new ModelLease(this, hosted, found, model, _adapters.GetValueOrDefault(found))
            { LoadTime = wasLoaded ? default : _time.GetElapsedTime(started) };
        }
        catch
        {
            Return(hosted);
            throw;
        }
    }

    /// <summary>Ends a lease.</summary>
    public void Return(HostedModel hosted)
    {
        lock (_gate)
        {
            hosted.Users--;
            hosted.LastUsed = _time.GetTimestamp();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _idle?.Dispose();

    private static string FolderOf(string model)
    {
        model = DefaultModel.Resolve(model);
        if (Directory.Exists(model))
        {
            return model;
        }

        using var hub = new HubClient();
        return (model.Count(c => c == '/') == 1 ? hub.FindCached(model) : null) ?? throw new DirectoryNotFoundException(
            $"{model}: there is no such folder, and the cache of the Hugging Face Hub has no complete model of that id; download it with "
            + $"the command semblance download {model}.");
    }

    private void Add(string name, HostedModel model)
    {
        if (!_byName.TryAdd(name, model))
        {
            throw new ArgumentException($"Two models have the name '{name}'; write another name before one: NAME=MODEL.");
        }

        _names.Add(name);
    }

    private HostedModel BaseOf(ServedAdapter adapter)
    {
        var wanted = AdapterFolders.Read(adapter.Folder).Config.BaseModel;
        if (adapter.Model is { } named)
        {
            return _byName.GetValueOrDefault(named) ?? throw new ArgumentException(
                $"The adapter '{adapter.Name}' belongs to the model '{named}', which is not served; the models are {string.Join(", ", _names)}.");
        }

        using var hub = new HubClient();
        string?[] folders = wanted is null ? [] :
        [
            Path.GetFullPath(wanted), Path.GetFullPath(wanted, Path.GetFullPath(adapter.Folder)),
            wanted.Count(c => c == '/') == 1 ? hub.FindCached(wanted) : null,
        ];
        return _names.Where(name => name == wanted || folders.Contains(Path.GetFullPath(_byName[name].Folder)))
            .Select(name => _byName[name]).FirstOrDefault() ?? throw new ArgumentException(
                $"The adapter '{adapter.Name}' belongs to the model '{wanted}', which is not served; serve it, or write the name of the served "
                + $"model after the folder: {adapter.Name}={adapter.Folder}@MODEL.");
    }

    private LoadedModel Load(HostedModel hosted)
    {
        var started = _time.GetTimestamp();
        var model = _load(hosted.Folder, hosted.Served.Compute);
        LogLoaded(hosted.Served.Name, hosted.Served.Compute, _time.GetElapsedTime(started).TotalSeconds);
        foreach (var warning in model.Warnings)
        {
            LogWarning(hosted.Served.Name, warning);
        }

        return model;
    }

    // Unloads the models that were not used for the longest time until another one fits. Models in use stay, whatever the limit.
    private void MakeRoom(HostedModel next)
    {
        if (_options.MemoryLimit is not { } limit)
        {
            return;
        }

        var loaded = _byName.Values.Distinct().Where(model => model.Loading is not null && model != next).ToList();
        var total = loaded.Sum(model => model.Size) + next.Size;
        foreach (var model in loaded.Where(model => model.Users == 0).OrderBy(model => model.LastUsed))
        {
            if (total <= limit)
            {
                return;
            }

            Unload(model);
            total -= model.Size;
        }

        if (total > limit)
        {
            LogOverLimit(next.Served.Name, total, limit);
        }
    }

    private void UnloadIdle(TimeSpan timeout)
    {
        lock (_gate)
        {
            foreach (var model in _byName.Values.Distinct().Where(
                model => model.IsLoaded && model.Users == 0 && _time.GetElapsedTime(model.LastUsed) >= timeout))
            {
                Unload(model);
            }
        }
    }

    private void Unload(HostedModel model)
    {
        model.Loading = null;
        LogUnloaded(model.Served.Name);
    }

    [LoggerMessage(LogLevel.Information, "Loaded the model {Model} ({Compute}) in {Seconds:F2} s")]
    private partial void LogLoaded(string model, ComputeType compute, double seconds);

    [LoggerMessage(LogLevel.Information, "Unloaded the model {Model}")]
    private partial void LogUnloaded(string model);

    [LoggerMessage(LogLevel.Warning, "{Model}: {Warning}")]
    private partial void LogWarning(string model, string warning);

    [LoggerMessage(LogLevel.Warning, "With the model {Model}, the models in use take {Bytes} bytes; the limit is {Limit}")]
    private partial void LogOverLimit(string model, long bytes, long limit);
}
