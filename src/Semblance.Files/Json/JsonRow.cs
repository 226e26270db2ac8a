using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Semblance.Files.Json;

/// <summary>
/// Represents a row of JSON Lines: an object whose members are columns, or an array with the columns 0, 1, 2 …. A member that is null
/// counts as missing. A duplicate member, or one of another type than requested, is an error.
/// </summary>
public sealed class JsonRow : IDisposable
{
    private readonly string _path;
    private readonly long _line;
    private readonly JsonDocument _document;

    private JsonRow(string path, long line, JsonDocument document) => (_path, _line, _document) = (path, line, document);

    /// <summary>Gets the names of the columns, in order.</summary>
    public IEnumerable<string> Columns => Root.ValueKind == JsonValueKind.Object
        ? Root.EnumerateObject().Select(member => member.Name)
        : Enumerable.Range(0, Root.GetArrayLength()).Select(place => place.ToString(CultureInfo.InvariantCulture));

    private JsonElement Root => _document.RootElement;

    /// <summary>Parses a line.</summary>
    /// <param name="path">The path of the file, for messages.</param>
    /// <param name="line">The number of the line, from 1.</param>
    /// <param name="text">The line.</param>
    /// <exception cref="TextFormatException">The line is not a JSON object or array, or a string has half of a surrogate pair.</exception>
    public static JsonRow Parse(string path, long line, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        JsonDocument document;
        try
        {
            document = JsonText.Parse(Encoding.UTF8.GetBytes(text));
        }
        catch (JsonException e) when (e.InnerException is InvalidOperationException)
        {
            throw new TextFormatException(
                path,
                line,
                "a text has half of a surrogate pair, such as \\ud800 without its other half; write the character, or leave it out.",
                e);
        }
        catch (JsonException e)
        {
            throw new TextFormatException(path, line, "this is not a JSON value on one line.", e);
        }

        if (document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            return new JsonRow(path, line, document);
        }

        document.Dispose();
        throw new TextFormatException(path, line, "the line is neither a JSON object nor an array.");
    }

    /// <summary>Returns whether there is a column that is not null.</summary>
    /// <param name="column">The column.</param>
    public bool Has(string column) => Find(column) is not null;

    /// <summary>Returns whether a column holds an array.</summary>
    /// <param name="column">The column.</param>
    public bool HasArray(string column) => Find(column) is { ValueKind: JsonValueKind.Array };

    /// <summary>Returns a string.</summary>
    /// <param name="column">The column.</param>
    /// <exception cref="TextFormatException">There is no such column, or it is not a string.</exception>
    public string Text(string column) =>
        Get(column) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw WrongType(column, "a text");

    /// <summary>Returns a string, or a number as it is written: an id, a class, a score.</summary>
    /// <param name="column">The column.</param>
    /// <exception cref="TextFormatException">There is no such column, or it is neither.</exception>
    public string TextOrNumber(string column) => Get(column) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => throw WrongType(column, "a text or a number"),
    };

    /// <summary>Returns a string or a number as <see cref="TextOrNumber"/> does, or an array as it is written.</summary>
    /// <param name="column">The column.</param>
    /// <exception cref="TextFormatException">There is no such column, or it is none of them.</exception>
    public string NumberOrArray(string column) =>
        Get(column) is { ValueKind: JsonValueKind.Array } array ? array.GetRawText() : TextOrNumber(column);

    /// <summary>Returns an id: a string, or a 64-bit integer.</summary>
    /// <param name="column">The column.</param>
    /// <exception cref="TextFormatException">There is no such column, or it is neither.</exception>
    public (string? Text, long Number) Id(string column) => Get(column) switch
    {
        { ValueKind: JsonValueKind.String } text => (text.GetString(), 0),
        { ValueKind: JsonValueKind.Number } number => number.TryGetInt64(out var id)
            ? (null, id)
            : throw Fault(
                $"the id is {Excerpt.Of(number.GetRawText())}; a text, or a whole number from {long.MinValue} to {long.MaxValue}, is "
                + "expected."),
        _ => throw WrongType(column, "a text or a whole number"),
    };

    /// <summary>Returns a list of finite numbers.</summary>
    /// <param name="column">The column.</param>
    /// <exception cref="TextFormatException">There is no such column, or an element is not a finite float32 number.</exception>
    public float[] Vector(string column)
    {
        if (Get(column) is not { ValueKind: JsonValueKind.Array } array)
        {
            throw WrongType(column, "an array of numbers");
        }

        var vector = new float[array.GetArrayLength()];
        var place = 0;
        foreach (var element in array.EnumerateArray())
        {
            vector[place] = element.ValueKind == JsonValueKind.Number && element.TryGetSingle(out var value) && float.IsFinite(value)
                ? value
                : throw Fault(
                    $"element {place} of '{Excerpt.Of(column)}' is {Excerpt.Of(element.GetRawText())}; a number within float32 is "
                    + "expected.");
            place++;
        }

        return vector;
    }

    /// <summary>Returns the columns but some as texts, other values as they are written; those that are null are left out.</summary>
    /// <param name="except">The columns to leave out.</param>
    /// <exception cref="TextFormatException">A column is duplicate.</exception>
    public Dictionary<string, string> Labels(params ReadOnlySpan<string> except)
    {
        var labels = new Dictionary<string, string>();
        foreach (var member in Root.ValueKind == JsonValueKind.Object ? Root.EnumerateObject() : default)
        {
            if (!except.Contains(member.Name) && member.Value.ValueKind != JsonValueKind.Null
                && !labels.TryAdd(
                    member.Name, member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText()))
            {
                throw Twice(member.Name);
            }
        }

        return labels;
    }

    /// <summary>Returns the exception for an error in the row.</summary>
    /// <param name="problem">The problem: what was found, what was expected and what to do.</param>
    public TextFormatException Fault(string problem) => new(_path, _line, problem);

    /// <summary>Releases the row.</summary>
    public void Dispose() => _document.Dispose();

    private JsonElement Get(string column) => Find(column)
        ?? throw Fault(Root.ValueKind == JsonValueKind.Object && Root.TryGetProperty(column, out _)
            ? $"'{Excerpt.Of(column)}' is null; a value is expected."
            : $"a JSON object with '{Excerpt.Of(column)}' is expected; "
                + $"there is no '{Excerpt.Of(column)}' among {Excerpt.Of([.. Columns])}.");

    private JsonElement? Find(string column)
    {
        JsonElement? found = null;
        if (Root.ValueKind == JsonValueKind.Array)
        {
            found = int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var place) && place < Root.GetArrayLength()
                ? Root[place]
                : null;
        }
        else
        {
            foreach (var member in Root.EnumerateObject())
            {
                if (member.NameEquals(column))
                {
                    found = found is null ? member.Value : throw Twice(column);
                }
            }
        }

        return found is { ValueKind: JsonValueKind.Null } ? null : found;
    }

    private TextFormatException Twice(string column) => Fault($"'{Excerpt.Of(column)}' comes twice; once is expected.");

    private TextFormatException WrongType(string column, string expected) =>
        Fault($"'{Excerpt.Of(column)}' is {Excerpt.Of(Find(column)!.Value.GetRawText())}; {expected} is expected.");
}
