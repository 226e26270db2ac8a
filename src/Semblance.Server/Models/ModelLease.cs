namespace Semblance.Server.Models;

/// <summary>Keeps a model in memory for a request, until it is disposed.</summary>
internal sealed class ModelLease(ModelHost host, HostedModel hosted, string name, LoadedModel model) : IDisposable
{
    private bool _isDisposed;

    /// <summary>Gets the name by which the request chose the model.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the model.</summary>
    public LoadedModel Model { get; } = model;

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
