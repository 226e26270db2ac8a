using System.Runtime.CompilerServices;
using Semblance.Files.Json;

namespace Semblance.Files;

/// <content>Reads texts: lines, members of JSON Lines, or a column of a table.</content>
public sealed partial class TextLines
{
    /// <summary>Gets or sets the format, by default that of <see cref="FormatOf"/>. Set it before anything is read.</summary>
    public TextFormat Format { get; set; }

    /// <summary>
    /// Gets or sets the name of the member of JSON Lines, or of the column of a table, that has the texts; <c>text</c> by default.
    /// </summary>
    public string Column { get; set; } = "text";

    /// <summary>Gets the first row of a table as it is written; <see langword="null"/> if there is none, or it is not read yet.</summary>
    public string? Header { get; private set; }

    /// <summary>Gets the line of each text that has been read.</summary>
    public LineNumbers Numbers { get; } = new();

    private bool IsTable => Format is TextFormat.Tsv or TextFormat.Csv;

    /// <summary>
    /// Reads the texts with their places: each line, including blank ones; of JSON Lines the member <see cref="Column"/> of each row, of a
    /// table the column, both without blank lines.
    /// </summary>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="TextFormatException">
    /// As for <see cref="ReadAsync"/>, a row is not a JSON object with such a string, or a table has no such column.
    /// </exception>
    public async IAsyncEnumerable<TextEntry> EntriesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (IsTable)
        {
            await foreach (var row in RowsAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return Noted(new TextEntry(row.Line, row.Source, row.Text(Column)));
            }

            yield break;
        }

        await foreach (var line in ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (Format == TextFormat.Lines)
            {
                yield return Noted(new TextEntry(Count, line, line));
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                using var row = JsonRow.Parse(Name, Count, line);
                yield return Noted(new TextEntry(Count, line, row.Text(Column)));
            }
        }
    }

    /// <summary>Reads the texts.</summary>
    /// <inheritdoc cref="EntriesAsync"/>
    public IAsyncEnumerable<string> TextsAsync(CancellationToken cancellationToken = default) =>
        EntriesAsync(cancellationToken).Select(entry => entry.Text);

    /// <summary>Reads all texts at once.</summary>
    /// <inheritdoc cref="EntriesAsync"/>
    public async Task<List<string>> AllTextsAsync(CancellationToken cancellationToken = default) =>
        await TextsAsync(cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Reads pairs of texts: two members of JSON Lines or two columns of a table; without names, the texts on either side of the first tab
    /// of each line.
    /// </summary>
    /// <param name="columns">The names of the members or columns; <see langword="null"/> for lines with a tab.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="TextFormatException">
    /// A line has no tab, a row does not have the members or columns, or names are given for lines or missing for JSON Lines or CSV.
    /// </exception>
    public async IAsyncEnumerable<(string First, string Second)> PairsAsync(
        (string First, string Second)? columns = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (columns is null != Format is TextFormat.Lines && !(columns is null && Format is TextFormat.Tsv))
        {
            throw new TextFormatException(Name, null, columns is null
                ? "the file has named columns; name the two with the texts."
                : "the file has no named columns, but a tab between two texts on each line; use .tsv, .csv or .jsonl to name columns.");
        }

        if (columns is { } named && IsTable)
        {
            await foreach (var row in RowsAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return (row.Text(named.First), row.Text(named.Second));
            }

            yield break;
        }

        await foreach (var line in ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (columns is not { } members)
            {
                yield return Pair(line);
            }
            else if (!string.IsNullOrWhiteSpace(line))
            {
                using var row = JsonRow.Parse(Name, Count, line);
                yield return (row.Text(members.First), row.Text(members.Second));
            }
        }
    }

    private (string First, string Second) Pair(string line) => line.IndexOf('\t', StringComparison.Ordinal) is >= 0 and var tab
        ? (line[..tab], line[(tab + 1)..])
        : throw new TextFormatException(Name, Count, "there is no tab, expected two texts with a tab between them.");

    private TextEntry Noted(TextEntry entry)
    {
        Numbers.Add(entry.Line);
        return entry;
    }
}
