namespace Semblance.Files;

/// <summary>Represents a row of a TSV or CSV file, whose columns are named by the first row.</summary>
public sealed class TableRow
{
    private readonly string _path;
    private readonly TextRecord _record;

    internal TableRow(string path, TextRecord record, IReadOnlyList<string> columns) => (_path, _record, Columns) = (path, record, columns);

    /// <summary>Gets the names of the columns, in order.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Gets the number of the first line of the row, from 1.</summary>
    public long Line => _record.Line;

    /// <summary>Gets the lines of the file that the row comes from, without the last line ending.</summary>
    public string Source => _record.Source;

    /// <summary>Returns whether there is a column with a value that is not empty.</summary>
    /// <param name="column">The name of the column.</param>
    public bool Has(string column) => Place(column) is >= 0 and var place && _record.Fields[place].Length > 0;

    /// <summary>Returns the value of a column.</summary>
    /// <param name="column">The name of the column.</param>
    /// <exception cref="TextFormatException">There is no such column, or there are several.</exception>
    public string Text(string column) => Place(column) is >= 0 and var place
        ? _record.Fields[place]
        : throw new TextFormatException(
            _path, 1, $"there is no column '{Excerpt.Of(column)}'; choose one of the columns {Excerpt.Of(Columns)}.");

    /// <summary>Returns the values of the columns but some; those that are empty are left out.</summary>
    /// <param name="except">The columns to leave out.</param>
    /// <exception cref="TextFormatException">A column name is not unique.</exception>
    public Dictionary<string, string> Labels(params ReadOnlySpan<string> except)
    {
        var labels = new Dictionary<string, string>();
        foreach (var column in Columns)
        {
            if (!except.Contains(column) && Has(column))
            {
                labels.Add(column, Text(column));
            }
        }

        return labels;
    }

    /// <summary>Returns the exception for an error in the row.</summary>
    /// <param name="problem">The problem: what was found, what was expected and what to do.</param>
    public TextFormatException Fault(string problem) => new(_path, Line, problem);

    private int Place(string column)
    {
        var found = -1;
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i] == column)
            {
                found = found < 0
                    ? i
                    : throw new TextFormatException(
                        _path, 1, $"the column '{Excerpt.Of(column)}' comes twice; column names must be unique.");
            }
        }

        return found;
    }
}
