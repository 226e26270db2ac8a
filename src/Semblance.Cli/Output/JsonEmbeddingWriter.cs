using Semblance.Files;

namespace Semblance.Cli.Output;

/// <summary>JSON lines: <c>{"text":…,"embedding":[…]}</c>.</summary>
internal sealed class JsonEmbeddingWriter : EmbeddingWriter
{
    private readonly AtomicFile? _file;
    private readonly bool _isSigned;
    private readonly JsonLines _lines;

    /// <summary>Writes to a stream that stays open.</summary>
    public JsonEmbeddingWriter(Stream output, Precision precision)
    {
        _lines = new JsonLines(output);
        _isSigned = precision is Precision.Int8 or Precision.Binary;
    }

    /// <summary>Writes a file.</summary>
    public JsonEmbeddingWriter(AtomicFile file, Precision precision)
        : this(file.Stream, precision) => _file = file;

    public override void Write(Embedding embedding, ReadOnlySpan<byte> stored)
    {
        var bytes = new int[stored.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = _isSigned ? (sbyte)stored[i] : stored[i];
        }

        _lines.Write(json =>
        {
            json.WriteString("text", embedding.Text);
            if (bytes.Length > 0)
            {
                json.WriteNumbers("embedding", bytes);
            }
            else
            {
                json.WriteNumbers("embedding", embedding.Vector.Span);
            }
        });
    }

    public override void Complete() => _file?.Commit();

    public override void Dispose()
    {
        _lines.Dispose();
        _file?.Dispose();
    }
}
