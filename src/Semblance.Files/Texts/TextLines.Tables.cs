using System.Runtime.CompilerServices;

namespace Semblance.Files;

/// <content>Reads the records of TSV and CSV files.</content>
public sealed partial class TextLines
{
    /// <summary>Reads the records of a TSV or CSV file, the names of the columns included.</summary>
    /// <exception cref="TextFormatException">As for <see cref="Read"/>, or a quoted field of CSV is not closed or too long.</exception>
    public IEnumerable<TextRecord> ReadRecords()
    {
        var open = new CsvRecord(Name);
        foreach (var line in Read())
        {
            if (RecordOf(line, open) is { } record)
            {
                yield return record;
            }
        }

        open.Complete();
    }

    /// <summary>Reads the rows of a TSV or CSV file, whose columns are named by the first row.</summary>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="TextFormatException">
    /// As for <see cref="ReadAsync"/>, a quoted field of CSV is not closed or too long, or a row has more or fewer fields than the first.
    /// </exception>
    public async IAsyncEnumerable<TableRow> RowsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var open = new CsvRecord(Name);
        IReadOnlyList<string>? columns = null;
        await foreach (var line in ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (RecordOf(new TextLine(Count, line), open) is not { } record)
            {
                continue;
            }

            if (record.Problem is { } problem)
            {
                throw new TextFormatException(Name, record.Line, problem);
            }

            if (columns is null)
            {
                (columns, Header) = (record.Fields, record.Source);
            }
            else
            {
                yield return record.Fields.Count == columns.Count
                    ? new TableRow(Name, record, columns)
                    : throw new TextFormatException(
                        Name, record.Line,
                        $"the row has {record.Fields.Count} columns; {columns.Count} are expected, as in the first row.");
            }
        }

        open.Complete();
    }

    private TextRecord? RecordOf(TextLine line, CsvRecord open) =>
        Format == TextFormat.Csv ? open.Add(line)
        : line.Text.Length == 0 ? null
        : new TextRecord(line.Number, line.Text.Split('\t'), line.Text, line.Problem);
}
