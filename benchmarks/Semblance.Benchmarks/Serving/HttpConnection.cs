using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Semblance.Benchmarks;

/// <summary>
/// A connection of HTTP/1.1 that sends prepared bytes, reads whole answers and repeats nothing: it takes little of the processor that it shares
/// with the server, and what is lost is seen.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private HttpConnection(Socket socket) => _socket = socket;

    /// <summary>Opens a connection.</summary>
    public static async Task<HttpConnection> ConnectAsync(IPEndPoint server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server);
            return new HttpConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of a request.</summary>
    public static byte[] Request(string path, string? json) => Encoding.UTF8.GetBytes(json is null
        ? $"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        : $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    /// <summary>Sends a request and reads its answer.</summary>
    /// <exception cref="SocketException">The connection was reset.</exception>
    /// <exception cref="EndOfStreamException">The connection ended before the answer did.</exception>
    public async Task<HttpReply> SendAsync(ReadOnlyMemory<byte> request)
    {
        while (request.Length > 0)
        {
            request = request[await _socket.SendAsync(request)..];
        }

        var status = int.Parse((await ReadLineAsync()).AsSpan(9, 3), CultureInfo.InvariantCulture);
        var (length, isChunked, isLast) = (0L, false, false);
        for (var line = await ReadLineAsync(); line.Length > 0; line = await ReadLineAsync())
        {
            length = line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase) ? long.Parse(line.AsSpan(15), CultureInfo.InvariantCulture) : length;
            isChunked |= line.Equals("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase);
            isLast |= line.Equals("Connection: close", StringComparison.OrdinalIgnoreCase);
        }

        await SkipAsync(length);
        while (isChunked)
        {
            var size = long.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            await SkipAsync(size);
            await ReadLineAsync();
            isChunked = size > 0;
        }

        return new HttpReply(status, isLast);
    }

    public void Dispose() => _socket.Dispose();

    private async Task<string> ReadLineAsync()
    {
        int found;
        while ((found = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8)) < 0)
        {
            await FillAsync();
        }

        var line = Encoding.ASCII.GetString(_buffer, _start, found);
        _start += found + 2;
        return line;
    }

    private async Task SkipAsync(long count)
    {
        while (count > 0)
        {
            if (_start == _end)
            {
                await FillAsync();
            }

            var skipped = (int)Math.Min(count, _end - _start);
            (_start, count) = (_start + skipped, count - skipped);
        }
    }

    private async Task FillAsync()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var count = await _socket.ReceiveAsync(_buffer.AsMemory(_end));
        _end += count > 0 ? count : throw new EndOfStreamException("The connection ended before the answer did.");
    }
}
