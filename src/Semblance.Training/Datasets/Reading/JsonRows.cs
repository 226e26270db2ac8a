using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance.Training;

/// <summary>Reads the rows of JSON Lines files.</summary>
internal static class JsonRows
{
    /// <summary>Reads one row per line: an object with the columns as properties, or an array with the columns 0, 1, 2 and so on.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="columns">The requested columns.</param>
    /// <param name="isText">
    /// Returns <see langword="true"/> if the column at an index is a text, <see langword="false"/> if it is a number.
    /// </param>
    /// <param name="scalars">
    /// The number of columns with a single value; the others may contain an array, which is returned as written.
    /// </param>
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
