using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance;

/// <summary>
/// Writes sparse vectors as JSON lines: <c>{"text":…,"indices":[…],"values":[…]}</c>, or with <c>tokens</c> instead of indices, by
/// descending weight.
/// </summary>
public sealed class SparseEmbeddingWriter : IDisposable
{
    private readonly AtomicFile? _file;
    private readonly JsonLinesWriter _lines;
    private readonly SparseEncoder? _decoder;

    /// <summary>Initializes a new instance of the <see cref="SparseEmbeddingWriter"/> class that writes to a stream.</summary>
    /// <param name="output">The stream, which stays open.</param>
    /// <param name="decoder">The model that provides the tokens; null to write indices.</param>
    public SparseEmbeddingWriter(Stream output, SparseEncoder? decoder = null) =>
        (_lines, _decoder) = (new JsonLinesWriter(output), decoder);

    /// <summary>
    /// Initializes a new instance of the <see cref="SparseEmbeddingWriter"/> class that writes a file, which appears under its name when it
    /// is complete.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="decoder">The model that provides the tokens; null to write indices.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public SparseEmbeddingWriter(string path, SparseEncoder? decoder = null)
        : this(new AtomicFile(path), decoder)
    {
    }

    private SparseEmbeddingWriter(AtomicFile file, SparseEncoder? decoder)
        : this(file.Stream, decoder) => _file = file;

    /// <summary>Writes one vector.</summary>
    /// <param name="embedding">The text and its vector.</param>
    public void Write(SparseEmbedding embedding) => _lines.Write(json =>
    {
        json.WriteString("text", embedding.Text);
        if (_decoder is null)
        {
            json.WriteNumbers("indices", embedding.Vector.Indices.Span);
            json.WriteNumbers("values", embedding.Vector.Values.Span);
        }
        else
        {
            var tokens = _decoder.Decode(embedding.Vector);
            json.WriteStrings("tokens", tokens.Select(token => token.Token));
            json.WriteNumbers("values", tokens.Select(token => token.Weight).ToArray());
        }
    });

    /// <summary>Completes the file, which then appears under its name.</summary>
    public void Complete() => _file?.Commit();

    /// <inheritdoc/>
    public void Dispose()
    {
        _lines.Dispose();
        _file?.Dispose();
    }
}
