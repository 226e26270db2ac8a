using System.Globalization;
using System.Runtime.CompilerServices;
using Semblance.Checkpoints;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance;

/// <summary>
/// Reads the records of an index from a file: vectors (<c>.npy</c>, <c>.safetensors</c>), JSON Lines (<c>.jsonl</c>), tables (<c>.tsv</c>,
/// <c>.csv</c>) or texts, one per line. A row of JSON Lines has a <c>text</c>, an <c>embedding</c> or <c>vector</c>, or both, and
/// optionally an <c>id</c> and labels; a row of a table has a <c>text</c>, and optionally an <c>id</c> and labels.
/// </summary>
/// <remarks>
/// The function that opens files can set another <see cref="TextLines.Column"/> than <c>text</c>. In JSON Lines and tables, blank lines are
/// ignored and a label that is null or empty is omitted. If rows without an id are numbered, the ids of the other
/// rows are strings. In other files each line is a text, including blank lines.
/// </remarks>
public sealed class VectorRecords
{
    private readonly Func<string, TextLines> _open;
    private double _progress;

    /// <summary>
    /// Initializes a new instance of the <see cref="VectorRecords"/> class. The file is read when the records are enumerated.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="open">The function that opens a text file by its name; <see langword="null"/> for <see cref="TextLines.Open"/>.</param>
    /// <exception cref="TextFormatException">The first row of JSON Lines cannot be read.</exception>
    /// <exception cref="IOException">The JSON Lines file cannot be opened.</exception>
    public VectorRecords(string path, Func<string, TextLines>? open = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = path;
        _open = open ?? TextLines.Open;
        HasVectors = IsMatrix || (TextLines.FormatOf(path) == TextFormat.JsonLines && FirstRowHasVector());
    }

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; }

    /// <summary>
    /// Gets a value that indicates whether the file has vectors. Otherwise the vectors of the records are empty, and their texts are to be
    /// encoded.
    /// </summary>
    public bool HasVectors { get; }

    /// <summary>
    /// Gets the path of the file of ids, one per line, where a whole number is a number; <see langword="null"/> for the ids of JSON Lines,
    /// or for numbers.
    /// </summary>
    public string? Ids { get; init; }

    /// <summary>
    /// Gets the path of the file of texts, one per line, for <c>.npy</c> and <c>.safetensors</c>; <see langword="null"/> for none.
    /// </summary>
    public string? Texts { get; init; }

    /// <summary>Gets the fraction of the file that has been read, from 0 to 1; 0 if it is not known.</summary>
    public double Progress => _progress;

    /// <summary>Gets the line of each record that has been read, for files of text.</summary>
    public LineNumbers Numbers { get; } = new();

    private bool IsMatrix => System.IO.Path.GetExtension(Path).ToUpperInvariant() is ".NPY" or ".SAFETENSORS";

    /// <summary>
    /// Reads the records in bounded memory. The numbers of ids and texts are checked before the first record is returned.
    /// </summary>
    /// <param name="firstId">
    /// The id of the first record that has none, at least 1; further records are numbered consecutively. A smaller value means that no
    /// number is left.
    /// </param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="TextFormatException">
    /// A file is not text, a row is incomplete, an id in the file of ids is not unique, no number is left for a record, or the numbers of
    /// ids, texts and records differ.
    /// </exception>
    /// <exception cref="CheckpointFormatException">
    /// The vectors cannot be read, are int8 or uint8 without their ranges, or are packed bits.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public async IAsyncEnumerable<VectorRecord> ReadAsync(
        long firstId = 1, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Texts is not null && !IsMatrix)
        {
            throw new TextFormatException(
                Texts, null, $"texts in a file of their own are for vectors of .npy and .safetensors; {Path} has its texts itself.");
        }

        using var ids = Ids is null ? null : _open(Ids);
        var count = ids is null ? null : await CountDistinctAsync(ids, cancellationToken).ConfigureAwait(false);
        await using var nextId = ids?.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var found = IsMatrix ? MatrixAsync(count, cancellationToken) : RowsAsync(count, cancellationToken);
        await foreach (var (record, hasId) in found.ConfigureAwait(false))
        {
            if (nextId is not null)
            {
                yield return await nextId.MoveNextAsync().ConfigureAwait(false)
                    ? record with { Id = Id(ids!, nextId.Current, ids!.Count) }
                    : throw Unequal(ids!.Name, Count(ids.Count, "ids"), "more records");
            }
            else
            {
                yield return hasId ? record
                    : firstId > 0 ? record with { Id = firstId }
                    : throw new TextFormatException(
                        Path, null, "no whole number is left for a record without an id; the largest is taken. Give ids.");
                firstId = hasId ? firstId : unchecked(firstId + 1); // the largest number is followed by a negative one
            }
        }

        if (nextId is not null && await nextId.MoveNextAsync().ConfigureAwait(false))
        {
            throw Unequal(ids!.Name, "more ids", Count(ids.Count - 1, "records"));
        }
    }

    // Null if the list cannot be read twice.
    private static async Task<long?> CountDistinctAsync(TextLines ids, CancellationToken cancellationToken)
    {
        var lines = new Dictionary<VectorId, long>();
        return await ids.CountAsync(
            (line, number) =>
            {
                var id = Id(ids, line, number);
                if (!lines.TryAdd(id, number))
                {
                    throw new TextFormatException(
                        ids.Name,
                        number,
                        $"the id '{Excerpt.Of(line)}' is that of line {lines[id]} too; each record needs one of its own.");
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<(VectorRecord Record, bool HasId)> MatrixAsync(
        long? ids, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var vectors = VectorMatrix.Open(Path);
        Equal(ids, Ids, "ids", vectors.Rows, "vectors");
        using var texts = Texts is null ? null : _open(Texts);
        Equal(
            texts is null ? null : await texts.CountAsync(null, cancellationToken).ConfigureAwait(false),
            Texts,
            "texts",
            vectors.Rows,
            "vectors");
        await using var nextText = texts?.TextsAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        for (var row = 0; row < vectors.Rows; row++)
        {
            if (nextText is not null && !await nextText.MoveNextAsync().ConfigureAwait(false))
            {
                throw Unequal(texts!.Name, Count(row, "texts"), Count(vectors.Rows, "vectors"));
            }

            _progress = (double)(row + 1) / vectors.Rows;
            var vector = new float[vectors.Dimension];
            vectors.Restore(row, vector);
            yield return (new VectorRecord(0, vectors.Finite(row, vector), nextText?.Current), false);
        }

        if (nextText is not null && await nextText.MoveNextAsync().ConfigureAwait(false))
        {
            throw Unequal(texts!.Name, "more texts", Count(vectors.Rows, "vectors"));
        }
    }

    private async IAsyncEnumerable<(VectorRecord Record, bool HasId)> RowsAsync(
        long? ids, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var lines = _open(Path);
        if (ids is not null && await lines.CountAsync(null, cancellationToken).ConfigureAwait(false) is { } count)
        {
            Equal(ids, Ids, "ids", count, "texts");
        }

        var (areNumbers, areNumbered) = (false, false);
        await foreach (var (record, line, hasId) in RecordsAsync(lines, cancellationToken).ConfigureAwait(false))
        {
            areNumbers |= hasId && record.Id.Text is null;
            areNumbered |= !hasId;
            if (Ids is null && areNumbers && areNumbered)
            {
                throw new TextFormatException(
                    Path, line,
                    "some rows have a number as 'id' and others no 'id', whose numbers could be the same; give an id to every row or to "
                    + "none.");
            }

            Numbers.Add(line);
            yield return (record, hasId);
        }
    }

    private async IAsyncEnumerable<(VectorRecord Record, long Line, bool HasId)> RecordsAsync(
        TextLines lines, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (lines.Format is TextFormat.Tsv or TextFormat.Csv)
        {
            await foreach (var row in lines.RowsAsync(cancellationToken).ConfigureAwait(false))
            {
                _progress = lines.Progress;
                yield return (Record(row, lines), row.Line, row.Has("id"));
            }

            yield break;
        }

        var reader = new JsonVectorReader(Path);
        await foreach (var line in lines.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            _progress = lines.Progress;
            if (lines.Format == TextFormat.Lines)
            {
                yield return (new VectorRecord(0, default, line), lines.Count, false);
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                using var row = JsonRow.Parse(Path, lines.Count, line);
                yield return (Record(row, reader, lines.Column), lines.Count, row.Has("id"));
            }
        }
    }

    private static VectorRecord Record(TableRow row, TextLines lines)
    {
        var labels = row.Labels("id", lines.Column);
        try
        {
            return new VectorRecord(
                row.Has("id") ? VectorId.Parse(row.Text("id")) : 0, default, row.Text(lines.Column), labels.Count > 0 ? labels : null);
        }
        catch (OverflowException e)
        {
            throw row.Fault(e.Message);
        }
    }

    private VectorRecord Record(JsonRow row, JsonVectorReader reader, string column)
    {
        var vector = HasVectors ? reader.Vector(row) : default;
        var text = !HasVectors || row.Has(column) ? row.Text(column) : null;
        VectorId id = 0;
        if (row.Has("id"))
        {
            var (name, number) = row.Id("id");
            id = name is null ? number : name;
        }

        var labels = HasVectors ? row.Labels("id", column, "precision", JsonVectors.NameIn(row)!) : row.Labels("id", column);
        return new VectorRecord(id, vector, text, labels.Count > 0 ? labels : null);
    }

    private bool FirstRowHasVector()
    {
        using var lines = _open(Path);
        var first = lines.Read().FirstOrDefault(line => !line.IsBlank);
        if (first.Text is null || first.Problem is not null)
        {
            return false; // reported when it is read
        }

        using var row = JsonRow.Parse(Path, first.Number, first.Text);
        return JsonVectors.NameIn(row) is not null;
    }

    /// <summary>Parses a line of a file of ids.</summary>
    /// <param name="ids">The file, for messages.</param>
    /// <param name="line">The line.</param>
    /// <param name="number">The number of the line, from 1.</param>
    /// <exception cref="TextFormatException">The line is empty, or a whole number that does not fit in 64 bits.</exception>
    public static VectorId Id(TextLines ids, string line, long number)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(line);
        try
        {
            return line.Length > 0
                ? VectorId.Parse(line)
                : throw new TextFormatException(ids.Name, number, "the line is empty; an id is expected.");
        }
        catch (OverflowException e)
        {
            throw new TextFormatException(ids.Name, number, e.Message, e);
        }
    }

    private void Equal(long? count, string? file, string what, long expected, string ofWhat)
    {
        if (count is not null && count != expected)
        {
            throw Unequal(file!, (count < expected ? "only " : "") + Count(count.Value, what), Count(expected, ofWhat));
        }
    }

    private TextFormatException Unequal(string file, string found, string expected) =>
        new(file, null, $"there are {found}, but {Path} has {expected}; each needs one. Is the first line a header?");

    private static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}");
}
