namespace Semblance.Training;

/// <summary>How a file holds its rows. Each may be compressed with gzip (<c>.gz</c>), and is UTF-8 with lines that end with LF or CRLF; blank lines are no rows. A line has at most 64 MiB, a row of CSV at most 16 Mi characters.</summary>
public enum DatasetFormat
{
    /// <summary>A row a line, tabs between columns, no quoting (<c>.tsv</c>).</summary>
    Tsv,

    /// <summary>Commas between columns; a field in double quotes may hold commas, line ends and doubled quotes (RFC 4180, <c>.csv</c>).</summary>
    Csv,

    /// <summary>A JSON object a line, or an array (<c>.jsonl</c>, <c>.ndjson</c>, <c>.json</c>).</summary>
    JsonLines,

    /// <summary>A text a line, nothing else (<c>.txt</c>).</summary>
    Text,
}
