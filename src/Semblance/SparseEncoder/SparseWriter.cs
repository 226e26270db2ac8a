using Semblance.Files;

namespace Semblance.Cli.Output;

/// <summary>Writes sparse vectors as JSON lines: <c>{"text":…,"indices":[…],"values":[…]}</c>, or with the tokens' names and the heaviest first.</summary>
internal sealed class SparseWriter : IDisposable
{
    private readonly AtomicFile? _file;
    private readonly JsonLines _lines;
    private readonly SparseEncoder? _decoder;

    /// <param name="output">A stream, which stays open.</param>
    /// <param name="decoder">The model, where tokens are wanted instead of places.</param>
    public SparseWriter(Stream output, SparseEncoder? decoder) => (_lines, _decoder) = (new JsonLines(output), decoder);

    /// <param name="file">A file, which appears when it is complete.</param>
    /// <param name="decoder">The model, where tokens are wanted instead of places.</param>
    public SparseWriter(AtomicFile file, SparseEncoder? decoder)
        : this(file.Stream, decoder) => _file = file;

    /// <summary>Writes one vector.</summary>
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

    /// <summary>Gives the file its name.</summary>
    public void Complete() => _file?.Commit();

    public void Dispose()
    {
        _lines.Dispose();
        _file?.Dispose();
    }
}
