using System.Collections;
using System.Globalization;
using Semblance.Files;

namespace Semblance.Training;

/// <summary>
/// Reads the rows of a file in bounded memory, each time that they are enumerated: TSV, CSV, JSON Lines or plain text, uncompressed or
/// compressed
/// with gzip.
/// </summary>
/// <remarks>Every text must contain a character that is not white space. Only one enumeration may run at a time.</remarks>
public sealed class DatasetReader : IEnumerable<Example>
{
    private readonly ColumnMapping _columns;
    private int? _targets; // the number in each row

    /// <summary>Initializes a new instance of the <see cref="DatasetReader"/> class for a file.</summary>
    /// <param name="path">The path of the file, which is read on enumeration.</param>
    /// <param name="columns">The roles of the columns; <see langword="null"/> for plain text.</param>
    public DatasetReader(string path, ColumnMapping? columns = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Path = path;
        _columns = columns ?? new ColumnMapping("text");
        if (_columns.Texts.Count == 0)
        {
            throw new ArgumentException("At least one text column is needed.", nameof(columns));
        }

        if (_columns is { LabelSeparator: not null } several && (several.LabelNames is null || several.Targets.Count > 0))
        {
            throw new ArgumentException("Several labels in a row need the names of all labels, and no other targets.", nameof(columns));
        }

        if (_columns.ScoreRange is { } range && !(range.Lowest < range.Highest))
        {
            throw new ArgumentException($"The score range from {range.Lowest} to {range.Highest} is empty.", nameof(columns));
        }
    }

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; }

    /// <summary>
    /// Gets the format of the file, or <see langword="null"/> to derive it from the file name. The default is <see langword="null"/>.
    /// </summary>
    public DatasetFormat? Format { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the first row of TSV and CSV files has the column names; otherwise, the columns are named 0, 1,
    /// 2 and so
    /// on. The default is <see langword="true"/>.
    /// </summary>
    public bool Header { get; init; } = true;

    /// <summary>Gets the handling of rows that cannot be used. The default is <see cref="BrokenRows.Stop"/>.</summary>
    public BrokenRows BrokenRows { get; init; }

    /// <summary>Gets the number of rows that the last enumeration has skipped so far.</summary>
    public long Skipped { get; private set; }

    /// <summary>Gets the problem of the first row that the last enumeration skipped, or <see langword="null"/>.</summary>
    public DatasetException? FirstSkipped { get; private set; }

    /// <summary>
    /// Returns the column names of a file in their order: from the first row of TSV and CSV files, from the first object of JSON Lines.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="DatasetException">The file cannot be read, is empty, or has no columns.</exception>
    public static IReadOnlyList<string> ColumnNames(string path) => EvaluationFile.ColumnNames(path);

    /// <summary>Reads the rows.</summary>
    /// <exception cref="DatasetException">
    /// The file cannot be read, lacks a column, or has a row that cannot be used and <see cref="BrokenRows"/> is
    /// <see cref="BrokenRows.Stop"/>.
    /// </exception>
    public IEnumerator<Example> GetEnumerator()
    {
        (Skipped, FirstSkipped, _targets) = (0, null, null);
        foreach (var row in Rows())
        {
            if (TryRead(row, out var example) is not { } problem)
            {
                yield return example!;
                continue;
            }

            var fault = new DatasetException(Path, row.Line, problem);
            FirstSkipped ??= BrokenRows == BrokenRows.Skip ? fault : throw fault;
            Skipped++;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerable<Row> Rows()
    {
        var columns = _columns.Columns;
        return (Format ?? FormatOf(Path)) switch
        {
            DatasetFormat.Tsv => DelimitedRows.ReadTsv(Path, columns, Header),
            DatasetFormat.Csv => DelimitedRows.ReadCsv(Path, columns, Header),
            DatasetFormat.JsonLines => JsonRows.Read(
                Path, columns, place => place < _columns.Texts.Count, columns.Length - _columns.Targets.Count),
            _ when columns.Length > 1 => throw new DatasetException(
                Path, null, $"plain text has one text per line and no columns, but the columns {string.Join(", ", columns)} are needed."),
            _ => DatasetLines.Read(Path).Where(line => !line.IsBlank).Select(line => new Row(line.Number, [line.Text], line.Problem)),
        };
    }

    // Returns the problem of the row, or null.
    private string? TryRead(Row row, out Example? example)
    {
        example = null;
        if (row.Problem is not null)
        {
            return row.Problem;
        }

        var texts = row.Fields[.._columns.Texts.Count];
        if (Array.FindIndex(texts, string.IsNullOrWhiteSpace) is >= 0 and var empty)
        {
            return $"the text in column '{_columns.Texts[empty]}' is empty.";
        }

        try
        {
            float? score = _columns.Score is null ? null : Score(row.Fields[texts.Length]);
            var field = _columns.Label is null ? null : row.Fields[texts.Length + (score is null ? 0 : 1)];
            example = field is not null && _columns.LabelSeparator is { } separator
                ? new Example(texts, score) { Targets = SeveralLabels(field, separator) }
                : new Example(texts, score, field is null ? null : Label(field))
                {
                    Targets = Targets(row.Fields[^_columns.Targets.Count..]),
                };
            return null;
        }
        catch (FormatException e)
        {
            return e.Message + ".";
        }
    }

    private float Score(string field)
    {
        var score = Number(field, "score");
        return _columns.ScoreRange is not { } range
            ? (float)score
            : score >= range.Lowest && score <= range.Highest
                ? (float)((score - range.Lowest) / (range.Highest - range.Lowest))
                : throw new FormatException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the score is {Excerpt.Of(field)}; it must be from {range.Lowest} to {range.Highest}"));
    }

    // All rows of a file have as many targets as the first.
    private float[]? Targets(string[] fields)
    {
        if (fields.Length == 0)
        {
            return null;
        }

        var targets = fields.SelectMany(Elements).Select(field => (float)Number(field, "target")).ToArray();
        _targets ??= targets.Length;
        return targets.Length == _targets
            ? targets
            : throw new FormatException($"the row has {targets.Length} targets; {_targets} are expected, as many as in the first row");
    }

    private float[] SeveralLabels(string field, string separator)
    {
        var targets = new float[_columns.LabelNames!.Names.Count];
        foreach (var label in ColumnMapping.LabelsOf(field, separator))
        {
            targets[_columns.LabelNames.Of(label)] = 1;
        }

        return targets;
    }

    private static string[] Elements(string field)
    {
        var trimmed = field.Trim();
        return trimmed is ['[', .. var elements, ']'] ? elements.Split(',') : [trimmed];
    }

    private static double Number(string field, string what) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite((float)number)
            ? number
            : throw new FormatException($"the {what} is '{Excerpt.Of(field)}'; a finite number is expected, with a decimal point");

    private int Label(string field)
    {
        if (_columns.LabelNames is { } names)
        {
            return names.Of(field);
        }

        return int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var label)
            ? label
            : throw new FormatException(
                $"the label is '{Excerpt.Of(field)}'; a whole number from 0 to {int.MaxValue} is expected; "
                + "give label names if labels are texts");
    }

    private static DatasetFormat FormatOf(string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return System.IO.Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".tsv" => DatasetFormat.Tsv,
            ".csv" => DatasetFormat.Csv,
            ".jsonl" or ".ndjson" or ".json" => DatasetFormat.JsonLines,
            ".txt" => DatasetFormat.Text,
            var ending => throw new DatasetException(
                path, null,
                $"the format cannot be derived from the extension '{ending}'; set the format, or use .tsv, .csv, .jsonl or .txt, "
                + "with or without .gz."),
        };
    }
}
