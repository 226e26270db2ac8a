using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Semblance.Files.Json;

/// <summary>Writes JSON objects, one a line, in UTF-8. Characters of all scripts stay readable.</summary>
/// <param name="output">The stream to write to; it stays open.</param>
public sealed class JsonLinesWriter(Stream output) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private Utf8JsonWriter? _json;

    /// <summary>Gets the options that each line is written with.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one object.</summary>
    /// <param name="members">Writes the members of the object.</param>
    public void Write(Action<Utf8JsonWriter> members)
    {
        ArgumentNullException.ThrowIfNull(members);
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

    /// <inheritdoc/>
    public void Dispose() => _json?.Dispose();
}
