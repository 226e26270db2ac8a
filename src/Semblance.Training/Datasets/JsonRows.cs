using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Training;

/// <summary>The rows of JSON Lines.</summary>
internal static class JsonRows
{
    /// <summary>Reads a row a line: an object with the columns as properties, or an array with columns 0, 1, 2 …</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns that are wanted.</param>
    /// <param name="isText">Whether a column, by its place, holds a text and no number.</param>
    /// <param name="scalars">How many columns hold one value; the others may hold an array, given as it is written.</param>
    public static IEnumerable<Row> Read(string path, string[] columns, Func<int, bool> isText, int scalars) => DatasetLines.Read(path)
        .Where(line => !line.IsBlank)
        .Select(line => line.Problem is { } problem ? Row.Broken(line.Number, problem) : Parse(path, line, columns, isText, scalars));

    private static Row Parse(string path, TextLine line, string[] columns, Func<int, bool> isText, int scalars)
    {
        try
        {
            using var row = JsonRow.Parse(path, line.Number, line.Text);
            var fields = new string[columns.Length];
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = isText(i) ? row.Text(columns[i]) : i < scalars ? row.TextOrNumber(columns[i]) : row.NumberOrArray(columns[i]);
            }

            return new Row(line.Number, fields);
        }
        catch (TextFormatException e)
        {
            return Row.Broken(line.Number, e.Problem);
        }
    }
}
