namespace Semblance.Training;

/// <summary>
/// Specifies the format of a data set file. Every format is UTF-8 with lines that end with LF or CRLF, and may be compressed with gzip
/// (<c>.gz</c>);
/// blank lines are ignored. A line has at most 64 MiB, a CSV row at most 16 Mi characters.
/// </summary>
public enum DatasetFormat
{
    /// <summary>One row per line, with tabs between columns and without quoting (<c>.tsv</c>).</summary>
    Tsv,

    /// <summary>
    /// Commas between columns; a field in double quotes may contain commas, line ends and doubled quotes (RFC 4180, <c>.csv</c>).
    /// </summary>
    Csv,

    /// <summary>One JSON object or array per line (<c>.jsonl</c>, <c>.ndjson</c>, <c>.json</c>).</summary>
    JsonLines,

    /// <summary>One text per line (<c>.txt</c>).</summary>
    Text,
}
