using System.Collections;
using System.Text;
using Semblance.Tensors;
using Semblance.Tokenizers;

namespace Semblance.Training;

/// <summary>
/// Running text as rows for pretraining: whole sentences of one document, as many as the model takes at once. No text is lost;
/// a sentence that is too long by itself is cut between words.
/// </summary>
/// <remarks>
/// The files have a paragraph a line and an empty line between documents, in UTF-8, plain or compressed with gzip. The tokens of a
/// row are counted sentence by sentence, which is exact for vocabularies whose words end at a space, as BERT's do. The same files
/// give the same rows.
/// </remarks>
public sealed class TextBlocks : IReadOnlyList<Example>
{
    // What is tokenized at once, by all threads.
    private const int WindowLines = 4096;
    private const int WindowCharacters = 1 << 22;
    private const int ChunkLines = 32;

    [ThreadStatic]
    private static TokenBuffer? _buffer;

    private readonly List<Example> _rows = [];
    private readonly List<int> _tokenCounts = [];
    private readonly SentencePieces _pieces;
    private readonly int _special;
    private readonly int _room;
    private readonly StringBuilder _row = new();
    private int _rowTokens;
    private long _tokens;

    private TextBlocks(Tokenizer tokenizer, int maxTokens)
    {
        _special = tokenizer.Count("");
        _room = maxTokens - _special;
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, _special + 1);
        _pieces = new SentencePieces(tokenizer, _room);
    }

    /// <summary>The number of rows.</summary>
    public int Count => _rows.Count;

    /// <summary>The number of tokens of each row, special ones included, as <see cref="TokenBudgetBatchSampler"/> takes them.</summary>
    public IReadOnlyList<int> TokenCounts => _tokenCounts;

    /// <summary>A row of one text.</summary>
    public Example this[int index] => _rows[index];

    /// <summary>Reads files in one pass.</summary>
    /// <param name="paths">The files; a document ends with its file.</param>
    /// <param name="tokenizer">What the model tokenizes with.</param>
    /// <param name="maxTokens">The most tokens of a row, special ones included; usually the model's largest length.</param>
    /// <param name="progress">Told after every few thousand lines.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="DatasetException">A file is missing, damaged or not UTF-8.</exception>
    public static TextBlocks Read(
        IReadOnlyList<string> paths, Tokenizer tokenizer, int maxTokens, IProgress<TextBlocksProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var blocks = new TextBlocks(tokenizer, maxTokens);
        foreach (var path in paths)
        {
            blocks.Add(path, progress, cancellationToken);
        }

        return blocks;
    }

    /// <summary>The rows, one after another.</summary>
    public IEnumerator<Example> GetEnumerator() => _rows.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Add(string path, IProgress<TextBlocksProgress>? progress, CancellationToken cancellationToken)
    {
        var lines = 0L;
        foreach (var window in Windows(path))
        {
            var pieces = new List<SentencePiece>[window.Count];
            Workers.Shared.For((window.Count + ChunkLines - 1) / ChunkLines, int.MaxValue, chunk =>
            {
                var buffer = _buffer ??= new TokenBuffer();
                for (var i = chunk * ChunkLines; i < Math.Min(window.Count, (chunk + 1) * ChunkLines); i++)
                {
                    pieces[i] = _pieces.Of(window[i], buffer);
                }
            }, cancellationToken);
            for (var i = 0; i < window.Count; i++)
            {
                AddLine(window[i], pieces[i]);
            }

            lines += window.Count;
            progress?.Report(new TextBlocksProgress(path, lines, Count, _tokens + _rowTokens));
        }

        EndRow();
    }

    private static IEnumerable<List<string>> Windows(string path)
    {
        var window = new List<string>();
        var characters = 0;
        foreach (var line in DatasetLines.Read(path))
        {
            window.Add(line.Problem is null ? line.Text.Trim() : throw new DatasetException(path, line.Number, line.Problem));
            characters += line.Text.Length;
            if (window.Count == WindowLines || characters >= WindowCharacters)
            {
                yield return window;
                (window, characters) = ([], 0);
            }
        }

        yield return window;
    }

    private void AddLine(string line, List<SentencePiece> pieces)
    {
        if (line.Length == 0)
        {
            EndRow(); // another document
            return;
        }

        foreach (var piece in pieces)
        {
            if (_rowTokens + piece.Tokens > _room)
            {
                EndRow();
            }

            _row.Append(line.AsSpan(piece.Start, piece.End - piece.Start));
            _rowTokens += piece.Tokens;
        }

        _row.Append(' ');
    }

    private void EndRow()
    {
        if (_rowTokens > 0)
        {
            _rows.Add(new Example([_row.ToString().Trim()]));
            _tokenCounts.Add(_rowTokens + _special);
            _tokens += _rowTokens;
        }

        _row.Clear();
        _rowTokens = 0;
    }
}
