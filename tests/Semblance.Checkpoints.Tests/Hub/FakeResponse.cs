using System.Text;

namespace Semblance.Checkpoints.Tests;

/// <summary>Represents a response; the connection is closed after it.</summary>
internal sealed record FakeResponse(int Status, byte[]? Body = null)
{
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>Gets the number of bytes of the body after which the connection is closed.</summary>
    public int CutAfter { get; init; } = int.MaxValue;

    /// <summary>Gets a task until whose end the connection stays open and silent after the part of the body.</summary>
    public Task HoldUntil { get; init; } = Task.CompletedTask;

    /// <summary>Gets a value that indicates whether the body is sent one byte at a time.</summary>
    public bool Drips { get; init; }

    /// <summary>Gets a value that indicates whether the header has the length of the body.</summary>
    public bool SaysLength { get; init; } = true;

    public async Task WriteAsync(Stream stream, bool withBody)
    {
        var body = Body ?? [];
        var head = $"HTTP/1.1 {Status} Answer\r\nConnection: close\r\n{(SaysLength ? $"Content-Length: {body.Length}\r\n" : "")}{string.Concat(Headers.Select(header => header + "\r\n"))}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        for (var i = 0; withBody && Drips && i < body.Length; i++)
        {
            await stream.WriteAsync(body.AsMemory(i, 1));
            await Task.Delay(5);
        }

        if (withBody && !Drips)
        {
            await stream.WriteAsync(body.AsMemory(0, Math.Min(CutAfter, body.Length)));
        }

        await stream.FlushAsync();
        await HoldUntil;
    }
}
