namespace Semblance.Training;

/// <summary>
/// Represents the roles of the columns of a file. In files without a header and in JSON arrays, the columns are named 0, 1, 2 and so on.
/// </summary>
/// <param name="Texts">The text columns, in the order that the loss expects.</param>
public sealed record ColumnMapping(params IReadOnlyList<string> Texts)
{
    /// <summary>Gets the column of similarity scores, or <see langword="null"/> for none.</summary>
    public string? Score { get; init; }

    /// <summary>
    /// Gets the lowest and the highest score, which are mapped to 0 and 1; other scores are errors. <see langword="null"/> to keep scores
    /// unchanged.
    /// </summary>
    public (double Lowest, double Highest)? ScoreRange { get; init; }

    /// <summary>Gets the column of labels, or <see langword="null"/> for none.</summary>
    public string? Label { get; init; }

    /// <summary>Gets the names of the labels, or <see langword="null"/> if the column contains whole numbers from 0.</summary>
    public LabelNames? LabelNames { get; init; }

    /// <summary>
    /// Gets the text between several labels of a row, such as <c>,</c>; the labels become <see cref="Example.Targets"/> of 0 and 1, one
    /// for each of <see cref="LabelNames"/>. <see langword="null"/>, the default, for one label in each row.
    /// </summary>
    public string? LabelSeparator { get; init; }

    /// <summary>
    /// Gets the columns that become <see cref="Example.Targets"/>, such as the scores or the embedding of a teacher; empty for none. Each
    /// contains a
    /// number or an array of numbers, <c>[0.5, 2]</c>; all rows must have the same number of them. <see cref="ScoreRange"/> does not apply
    /// to them.
    /// </summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Gets all required columns: texts, score, label, targets.</summary>
    internal string[] Columns => [.. Texts, .. One(Score), .. One(Label), .. Targets];

    /// <summary>Returns the labels of a field.</summary>
    internal static string[] LabelsOf(string field, string separator) =>
        field.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] One(string? column) => column is null ? [] : [column];
}
