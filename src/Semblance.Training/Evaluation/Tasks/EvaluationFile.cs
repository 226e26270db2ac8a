using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Training;

/// <summary>Reads the files of evaluation tasks.</summary>
internal static class EvaluationFile
{
    private static readonly string[] Texts = ["text", "title", "question", "sentence"];

    /// <summary>Returns the names of the columns.</summary>
    /// <exception cref="DatasetException">The file cannot be read or has no columns.</exception>
    public static string[] ColumnNames(string path)
    {
        var first = DatasetLines.Read(path).FirstOrDefault(line => !line.IsBlank);
        var ending = TextLines.EndingOf(path);
        return first.Text is null ? throw new DatasetException(path, null, "the file is empty.")
            : first.Problem is { } problem ? throw new DatasetException(path, first.Number, problem)
            : ending switch
            {
                ".tsv" => first.Text.Split('\t'),
                ".csv" => DelimitedRows.CsvNames(path),
                ".jsonl" or ".ndjson" or ".json" => JsonNames(path, first),
                _ => throw new DatasetException(path, null, "the file needs columns; use .tsv, .csv or .jsonl, with or without .gz."),
            };
    }

    /// <summary>Reads rows whose fields may be empty; in JSON Lines, ids and labels may be numbers, but texts may not.</summary>
    /// <exception cref="DatasetException">The file cannot be read, or a row is invalid.</exception>
    public static IEnumerable<Row> Rows(string path, params string[] columns)
    {
        var rows = TextLines.EndingOf(path) switch
        {
            ".tsv" => DelimitedRows.ReadTsv(path, columns, header: true),
            ".csv" => DelimitedRows.ReadCsv(path, columns, header: true),
            _ => JsonRows.Read(path, columns, place => Texts.Contains(columns[place]), columns.Length),
        };
        return rows.Select(row => row.Problem is { } problem ? throw new DatasetException(path, row.Line, problem) : row);
    }

    /// <summary>Reads the rows by column: one list of texts per text column, and the rows themselves for scores and labels.</summary>
    /// <exception cref="DatasetException">The file cannot be read, a row is invalid, or there are no rows.</exception>
    public static (string[][] Texts, Example[] Rows) Read(string path, ColumnMapping mapping, int from = 0)
    {
        Example[] rows = [.. new DatasetReader(path, mapping).Skip(from)];
        return rows.Length == 0
            ? throw new DatasetException(path, null, from == 0 ? "the file has no rows." : $"the file has no rows from row {from} on.")
            : ([.. mapping.Texts.Select((_, column) => Array.ConvertAll(rows, row => row.Texts[column]))], rows);
    }

    /// <summary>Reads texts or pairs with their labels.</summary>
    public static LabeledTexts ReadLabeled(string path, EvaluationColumns columns, int texts, LabelNames labels)
    {
        var (read, rows) = Read(path, columns.For(path, texts, labels: labels));
        var classes = Array.ConvertAll(rows, row => row.Label!.Value);
        return texts == 1 ? new LabeledTexts(read[0], classes) : new LabeledTexts(read[0], read[1], classes);
    }

    /// <summary>
    /// Reads files of the same classes. The labels are those of the first file; an unknown label is an error of another file, which may be
    /// <see langword="null"/>.
    /// </summary>
    public static (LabeledTexts First, LabeledTexts?[] Others) ReadClasses(
        string first, string?[] others, EvaluationColumns columns, int texts)
    {
        var names = new LabelNames();
        var read = ReadLabeled(first, columns, texts, names);
        var known = new LabelNames(names.Names);
        return (read, Array.ConvertAll(others, file => file is null ? null : ReadLabeled(file, columns, texts, known)));
    }

    private static string[] JsonNames(string path, TextLine line)
    {
        try
        {
            using var row = JsonRow.Parse(path, line.Number, line.Text);
            return [.. row.Columns];
        }
        catch (TextFormatException e)
        {
            throw new DatasetException(path, line.Number, e.Problem, e);
        }
    }
}
