using System.Text.Json;

namespace Semblance.Training;

/// <summary>Reads the files that evaluations are made of.</summary>
internal static class EvaluationFile
{
    /// <summary>The names of the columns.</summary>
    /// <exception cref="DatasetException">The file cannot be read or has no columns.</exception>
    public static string[] ColumnNames(string path)
    {
        var first = TextLines.Read(path).FirstOrDefault(line => !string.IsNullOrWhiteSpace(line.Text));
        return first.Text is null ? throw new DatasetException(path, null, "the file is empty.") : Ending(path) switch
        {
            ".tsv" => first.Text.Split('\t'),
            ".csv" => CsvNames(first),
            ".jsonl" or ".ndjson" or ".json" => JsonNames(path, first),
            _ => throw new DatasetException(path, null, "columns are needed: give .tsv, .csv or .jsonl, with or without .gz."),
        };
    }

    /// <summary>The rows, of which any field may be empty.</summary>
    /// <exception cref="DatasetException">The file cannot be read, or a row is broken.</exception>
    public static IEnumerable<string[]> Rows(string path, params string[] columns)
    {
        var rows = Ending(path) switch
        {
            ".tsv" => DelimitedRows.ReadTsv(path, columns, header: true),
            ".csv" => DelimitedRows.ReadCsv(path, columns, header: true),
            _ => JsonRows.Read(path, columns, columns.Length),
        };
        return rows.Select(row => row.Problem is { } problem ? throw new DatasetException(path, row.Line, problem) : row.Fields);
    }

    /// <summary>The rows by column: as many lists of texts as the mapping has, and the rows themselves for their scores and labels.</summary>
    /// <exception cref="DatasetException">The file cannot be read, a row is broken, or there is none.</exception>
    public static (string[][] Texts, Example[] Rows) Read(string path, ColumnMapping mapping, int from = 0)
    {
        Example[] rows = [.. new DatasetReader(path, mapping).Skip(from)];
        return rows.Length == 0
            ? throw new DatasetException(path, null, from == 0 ? "there are no rows." : $"there are no rows from row {from} on.")
            : ([.. mapping.Texts.Select((_, column) => Array.ConvertAll(rows, row => row.Texts[column]))], rows);
    }

    /// <summary>Texts or pairs with their classes.</summary>
    public static LabelledTexts ReadLabelled(string path, EvaluationColumns columns, int texts, LabelNames labels)
    {
        var (read, rows) = Read(path, columns.For(path, texts, labels: labels));
        var classes = Array.ConvertAll(rows, row => row.Label!.Value);
        return texts == 1 ? new LabelledTexts(read[0], classes) : new LabelledTexts(read[0], read[1], classes);
    }

    private static string[] CsvNames(TextLine line)
    {
        var record = new CsvRecord();
        record.Add(line);
        return record.Take().Fields;
    }

    private static string[] JsonNames(string path, TextLine line)
    {
        try
        {
            using var document = JsonDocument.Parse(line.Text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? [.. document.RootElement.EnumerateObject().Select(property => property.Name)]
                : throw new DatasetException(path, line.Number, "a JSON object a line is expected.");
        }
        catch (JsonException e)
        {
            throw new DatasetException(path, line.Number, "this is not a JSON value on one line.", e);
        }
    }

    private static string Ending(string path) =>
        Path.GetExtension(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path).ToLowerInvariant();
}
