using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance;

/// <summary>Writes embeddings as JSON lines: <c>{"text":…,"embedding":[…]}</c>.</summary>
internal sealed class JsonEmbeddingWriter : EmbeddingWriter
{
    private readonly AtomicFile? _file;
    private readonly bool _isSigned;
    private readonly Precision _precision;
    private readonly QuantizingEncoder? _encoder;
    private readonly string? _path;
    private readonly JsonLinesWriter _lines;

    /// <summary>Initializes a new instance of the class that writes to a stream, which stays open.</summary>
    public JsonEmbeddingWriter(Stream output, Precision precision)
    {
        _lines = new JsonLinesWriter(output);
        _precision = precision;
        _isSigned = precision is Precision.Int8 or Precision.Binary;
    }

    /// <summary>
    /// Initializes a new instance of the class that writes a file, with the quantization ranges of int8 and uint8 beside it.
    /// </summary>
    public JsonEmbeddingWriter(AtomicFile file, string path, QuantizingEncoder encoder)
        : this(file.Stream, encoder.Precision) => (_file, _path, _encoder) = (file, path, encoder);

    public override void Write(StoredEmbedding embedding)
    {
        if (_precision is Precision.Float16 or Precision.BFloat16)
        {
            WriteRounded(embedding);
            return;
        }

        var stored = embedding.Stored.Span;
        var bytes = new int[stored.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = _isSigned ? (sbyte)stored[i] : stored[i];
        }

        _lines.Write(json =>
        {
            json.WriteString("text", embedding.Embedding.Text);
            if (_precision != Precision.Float32)
            {
                json.WriteString("precision", _precision.ToString().ToLowerInvariant()); // quantized elements are not the original numbers
            }

            if (bytes.Length > 0)
            {
                json.WriteNumbers("embedding", bytes);
            }
            else
            {
                json.WriteNumbers("embedding", embedding.Embedding.Vector.Span);
            }
        });
    }

    // Two bytes are a number, which is written as one.
    private void WriteRounded(StoredEmbedding embedding)
    {
        var vector = new float[embedding.Embedding.Vector.Length];
        new Quantizer(_precision, vector.Length).Restore(embedding.Stored.Span, vector);
        _lines.Write(json =>
        {
            json.WriteString("text", embedding.Embedding.Text);
            json.WriteNumbers("embedding", vector);
        });
    }

    public override void Complete()
    {
        if (_file is not null)
        {
            File.Delete(QuantizationRanges.PathBeside(_path!)); // old ranges would silently be wrong for the new vectors
            _file.Commit();
            _encoder!.Ranges?.Save(QuantizationRanges.PathBeside(_path!));
        }
    }

    protected override void Dispose(bool disposing)
    {
        _lines.Dispose();
        _file?.Dispose();
    }
}
