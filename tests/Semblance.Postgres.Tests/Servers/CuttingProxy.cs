using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Semblance.Postgres.Tests;

/// <summary>A way to the server that breaks: it cuts some connections when they have sent so many bytes, or a word.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Func<long, string, bool> _isCut;
    private int _cutsLeft;

    /// <param name="host">The server.</param>
    /// <param name="port">Its port.</param>
    /// <param name="isCut">Whether to cut, of the bytes sent so far and the last part of them.</param>
    /// <param name="cuts">How many connections are cut; later ones go through.</param>
    public CuttingProxy(string host, int port, Func<long, string, bool> isCut, int cuts)
    {
        (_host, _port, _isCut, _cutsLeft) = (host, port, isCut, cuts);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections were cut.</summary>
    public int Cuts { get; private set; }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ForwardAsync(await _listener.AcceptTcpClientAsync(_end.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(_host, _port, _end.Token);
                await Task.WhenAny(CopyAsync(client, server, isWatched: true), CopyAsync(server, client, isWatched: false));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Cut off: both ends close.
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, bool isWatched)
    {
        var (buffer, sent) = (new byte[16384], 0L);
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _end.Token) is > 0 and var count)
            {
                sent += count;
                if (isWatched && _cutsLeft > 0 && _isCut(sent, Encoding.ASCII.GetString(buffer, 0, count)))
                {
                    (_cutsLeft, Cuts) = (_cutsLeft - 1, Cuts + 1);
                    return;
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, count), _end.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side has closed.
        }
    }
}
