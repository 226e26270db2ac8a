using System.Text;

namespace Semblance.Checkpoints.Tests;

/// <summary>An answer; the connection is closed after it.</summary>
internal sealed record FakeResponse(int Status, byte[]? Body = null)
{
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>Closes the connection after this many bytes of the body.</summary>
    public int CutAfter { get; init; } = int.MaxValue;

    /// <summary>Keeps the connection open, silent, after the body's part, until this ends.</summary>
    public Task HoldUntil { get; init; } = Task.CompletedTask;

    public async Task WriteAsync(Stream stream, bool withBody)
    {
        var body = Body ?? [];
        var head = $"HTTP/1.1 {Status} Answer\r\nConnection: close\r\nContent-Length: {body.Length}\r\n{string.Concat(Headers.Select(header => header + "\r\n"))}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        if (withBody)
        {
            await stream.WriteAsync(body.AsMemory(0, Math.Min(CutAfter, body.Length)));
        }

        await stream.FlushAsync();
        await HoldUntil;
    }
}
