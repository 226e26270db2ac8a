using Semblance.Files;

namespace Semblance.Training;

/// <summary>Reads the documents of a domain, each a list of paragraphs.</summary>
internal static class DomainTexts
{
    /// <summary>The column of titles in tables and JSON Lines.</summary>
    private const string Title = "title";

    /// <summary>Reads all documents, without empty ones.</summary>
    /// <param name="path">The file.</param>
    /// <param name="column">The column of the texts in tables and JSON Lines.</param>
    /// <exception cref="DatasetException">The file cannot be read, lacks the column, or has no text.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Read(string path, string column)
    {
        IReadOnlyList<string>[] documents =
        [
            .. (TextLines.EndingOf(path) is ".tsv" or ".csv" or ".jsonl" or ".ndjson" ? ReadRows(path, column) : ReadLines(path))
                .Where(document => document.Count > 0),
        ];
        return documents.Length > 0 ? documents : throw new DatasetException(path, null, "the file has no texts.");
    }

    /// <summary>Writes documents as running text: a paragraph on each line, an empty line after each document.</summary>
    public static void Write(string path, IEnumerable<IReadOnlyList<string>> documents)
    {
        using var file = new AtomicFile(path);
        using (var writer = new StreamWriter(file.Stream, leaveOpen: true) { NewLine = "\n" })
        {
            foreach (var document in documents)
            {
                foreach (var paragraph in document)
                {
                    writer.WriteLine(paragraph);
                }

                writer.WriteLine();
            }
        }

        file.Commit();
    }

    private static IEnumerable<IReadOnlyList<string>> ReadRows(string path, string column)
    {
        string[] columns = EvaluationFile.ColumnNames(path).Contains(Title) && column != Title ? [Title, column] : [column];
        foreach (var row in EvaluationFile.Rows(path, columns))
        {
            yield return [.. row.Fields.SelectMany(field => field.Split(
                ['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        }
    }

    private static List<IReadOnlyList<string>> ReadLines(string path)
    {
        var documents = new List<IReadOnlyList<string>>();
        var document = new List<string>();
        var hasBlank = false;
        foreach (var line in DatasetLines.Read(path))
        {
            var text = line.Problem is null ? line.Text.Trim() : throw new DatasetException(path, line.Number, line.Problem);
            if (text.Length > 0)
            {
                document.Add(text);
                continue;
            }

            hasBlank |= document.Count > 0;
            documents.Add(document);
            document = [];
        }

        documents.Add(document);
        return hasBlank && documents.Count(lines => lines.Count > 0) > 1
            ? documents
            : [.. documents.SelectMany(lines => lines).Select(line => (string[])[line])];
    }
}
