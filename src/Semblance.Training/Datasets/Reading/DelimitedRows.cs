using Semblance.Files;

namespace Semblance.Training;

/// <summary>Reads the rows of TSV and CSV files.</summary>
internal static class DelimitedRows
{
    /// <summary>Reads rows with tab-separated columns.</summary>
    public static IEnumerable<Row> ReadTsv(string path, string[] columns, bool header) =>
        Select(path, columns, header, Records(path, TextFormat.Tsv));

    /// <summary>Reads rows with comma-separated columns, quoted or not.</summary>
    public static IEnumerable<Row> ReadCsv(string path, string[] columns, bool header) =>
        Select(path, columns, header, Records(path, TextFormat.Csv));

    /// <summary>Returns the column names of a CSV file.</summary>
    /// <exception cref="DatasetException">The file cannot be read or is empty.</exception>
    public static string[] CsvNames(string path) =>
        Records(path, TextFormat.Csv)
            .Select(row => row.Problem is null ? row.Fields : throw new DatasetException(path, row.Line, row.Problem))
            .FirstOrDefault()
            ?? throw new DatasetException(path, null, "the file is empty.");

    // Selects the requested columns, by the names in the first row or by number.
    private static IEnumerable<Row> Select(string path, string[] columns, bool header, IEnumerable<Row> rows)
    {
        int[]? places = null;
        var width = 0;
        foreach (var row in rows)
        {
            if (places is null && (header || row.Problem is null))
            {
                string[] names = row.Problem is { } fault
                    ? throw new DatasetException(path, row.Line, fault)
                    : header ? row.Fields : [.. row.Fields.Select((_, i) => $"{i}")];
                (places, width) = (Array.ConvertAll(columns, column => Place(path, row.Line, names, column)), names.Length);
                if (header)
                {
                    continue;
                }
            }

            yield return row.Problem is not null
                ? row
                : row.Fields.Length == width
                    ? new Row(row.Line, Array.ConvertAll(places!, place => row.Fields[place]))
                    : Row.Broken(row.Line, $"the row has {row.Fields.Length} columns; {width} are expected.");
        }
    }

    private static int Place(string path, long line, string[] names, string column) => names.Count(name => name == column) switch
    {
        1 => Array.IndexOf(names, column),
        0 => throw new DatasetException(path, line, $"there is no column '{column}'; the columns are {Excerpt.Of(names)}."),
        var count => throw new DatasetException(path, line, $"there are {count} columns '{column}'; column names must be unique."),
    };

    private static IEnumerable<Row> Records(string path, TextFormat format) => DatasetLines.ReadRecords(path, format).Select(
        record => record.Problem is { } problem ? Row.Broken(record.Line, problem) : new Row(record.Line, [.. record.Fields]));
}
