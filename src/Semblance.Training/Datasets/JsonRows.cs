using System.Globalization;
using System.Text.Json;

namespace Semblance.Training;

/// <summary>The rows of JSON Lines.</summary>
internal static class JsonRows
{
    /// <summary>Reads a row a line: an object with the columns as properties, or an array with columns 0, 1, 2 …</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns that are wanted.</param>
    /// <param name="scalars">How many of them hold one value; the others may hold an array, given as it is written.</param>
    public static IEnumerable<Row> Read(string path, string[] columns, int scalars) => TextLines.Read(path)
        .Where(line => !string.IsNullOrWhiteSpace(line.Text))
        .Select(line => line.Valid ? Parse(line, columns, scalars) : Row.Broken(line.Number, Row.NotUtf8));

    private static Row Parse(TextLine line, string[] columns, int scalars)
    {
        try
        {
            using var document = JsonDocument.Parse(line.Text);
            return new Row(line.Number, [.. columns.Select((column, i) => Field(document.RootElement, column, i >= scalars))]);
        }
        catch (JsonException)
        {
            return Row.Broken(line.Number, "this is not a JSON value on one line.");
        }
        catch (InvalidOperationException)
        {
            return Row.Broken(line.Number, "a text has half of a surrogate pair.");
        }
        catch (FormatException e)
        {
            return Row.Broken(line.Number, e.Message);
        }
    }

    private static string Field(JsonElement row, string column, bool array)
    {
        var value = row.ValueKind switch
        {
            JsonValueKind.Object when row.TryGetProperty(column, out var property) => property,
            JsonValueKind.Array when int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place < row.GetArrayLength() => row[place],
            JsonValueKind.Object or JsonValueKind.Array => throw new FormatException($"there is no '{column}'."),
            _ => throw new FormatException("the line is neither a JSON object nor an array."),
        };
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.Array when array => value.GetRawText(),
            _ => throw new FormatException($"'{column}' is {value.ValueKind.ToString().ToLowerInvariant()}; a text or a number is expected."),
        };
    }
}
