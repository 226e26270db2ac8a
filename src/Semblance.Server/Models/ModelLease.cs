using Semblance.Transformers.Adapters;

namespace Semblance.Server.Models;

/// <summary>Keeps a model in memory for a request, until it is disposed.</summary>
internal sealed class ModelLease(ModelHost host, HostedModel hosted, string name, LoadedModel model, string? adapter) : IDisposable
{
    private bool _isDisposed;

    /// <summary>Gets the name by which the request chose the model.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the model.</summary>
    public LoadedModel Model { get; } = model;

    /// <summary>Returns the adapter that the request chose, for an encoder of the model; <see langword="null"/> if it chose none.</summary>
    /// <typeparam name="TEncoder">The kind of encoder.</typeparam>
    /// <param name="encoder">The encoder.</param>
    public Adapter? AdapterOf<TEncoder>(Encoder<TEncoder> encoder)
        where TEncoder : Encoder<TEncoder>, ILoadable<TEncoder> => adapter is null ? null : Model.AdapterOf(adapter, encoder);

    /// <summary>Gets the time that the request waited for the model to be loaded.</summary>
    public TimeSpan LoadTime { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            host.Return(hosted);
        }
    }
}
