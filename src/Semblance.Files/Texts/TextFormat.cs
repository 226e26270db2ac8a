namespace Semblance.Files;

/// <summary>Specifies the format of a file of texts.</summary>
public enum TextFormat
{
    /// <summary>A text on each line.</summary>
    Lines,

    /// <summary>A JSON object on each line (<c>.jsonl</c>, <c>.ndjson</c>).</summary>
    JsonLines,

    /// <summary>Columns with tabs between them, named by the first row, without quoting (<c>.tsv</c>).</summary>
    Tsv,

    /// <summary>
    /// Columns with commas between them, named by the first row; a field in double quotes may contain commas, line ends and doubled quotes
    /// (RFC 4180, <c>.csv</c>).
    /// </summary>
    Csv,
}
