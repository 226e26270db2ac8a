using System.Collections;
using System.Text;
using Semblance.Tensors;
using Semblance.Tokenizers;

namespace Semblance.Training;

/// <summary>
/// Represents running text as rows for pretraining: each row has as many whole sentences of one document as fit the maximum sequence
/// length. No text
/// is lost; a sentence that is too long is split between words.
/// </summary>
/// <remarks>
/// The files have one paragraph per line and an empty line between documents, in UTF-8, uncompressed or compressed with gzip. The tokens of
/// a row are
/// counted sentence by sentence, which is exact for vocabularies whose words end at a space, such as those of BERT. The rows depend only on
/// the files.
/// </remarks>
public sealed class TextBlocks : IReadOnlyList<Example>
{
    // The size of a window, which all threads tokenize together.
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

    /// <summary>Gets the number of rows.</summary>
    public int Count => _rows.Count;

    /// <summary>Gets the number of tokens of each row, with special tokens, as input for <see cref="TokenBudgetBatchSampler"/>.</summary>
    public IReadOnlyList<int> TokenCounts => _tokenCounts;

    /// <summary>Gets a row, which has one text.</summary>
    public Example this[int index] => _rows[index];

    /// <summary>Reads files in one pass.</summary>
    /// <param name="paths">The paths of the files; a document ends with its file.</param>
    /// <param name="tokenizer">The tokenizer of the model.</param>
    /// <param name="maxTokens">
    /// The maximum number of tokens of a row, with special tokens; usually the maximum sequence length of the model.
    /// </param>
    /// <param name="progress">Receives progress every few thousand lines.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="DatasetException">A file is missing, damaged or not UTF-8.</exception>
    public static TextBlocks Read(
        IReadOnlyList<string> paths, Tokenizer tokenizer, int maxTokens, IProgress<TextBlocksProgress>? progress = null,
        CancellationToken cancellationToken = default)
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

    /// <summary>Returns an enumerator over the rows.</summary>
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
            EndRow(); // the document ends
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
