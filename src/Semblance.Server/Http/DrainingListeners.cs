using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Semblance.Server;

/// <summary>
/// Listens to sockets as Kestrel does. When the server stops, it first accepts no more connections, then answers what the accepted ones have
/// sent, and only then are they closed.
/// </summary>
internal sealed class DrainingListeners(SocketTransportFactory sockets, Draining draining)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);

    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await sockets.BindAsync(endpoint, cancellationToken).ConfigureAwait(false), draining);

    private sealed class Listener(IConnectionListener sockets, Draining draining) : IConnectionListener
    {
        public EndPoint EndPoint => sockets.EndPoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => sockets.AcceptAsync(cancellationToken);

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await sockets.UnbindAsync(cancellationToken).ConfigureAwait(false);
            await draining.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        public ValueTask DisposeAsync() => sockets.DisposeAsync();
    }
}
