using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Semblance.Cli.Output;

/// <summary>Writes JSON objects, one a line.</summary>
/// <param name="output">Where to.</param>
internal sealed class JsonLines(Stream output) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private Utf8JsonWriter? _json;

    /// <summary>What every JSON text of the command looks like: other scripts stay readable.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one object.</summary>
    /// <param name="members">Writes its members.</param>
    public void Write(Action<Utf8JsonWriter> members)
    {
        _json ??= new Utf8JsonWriter(_line, Options);
        _json.Reset(_line);
        _json.WriteStartObject();
        members(_json);
        _json.WriteEndObject();
        _json.Flush();
        _line.Write("\n"u8);
        output.Write(_line.WrittenSpan);
        _line.ResetWrittenCount();
    }

    public void Dispose() => _json?.Dispose();
}
