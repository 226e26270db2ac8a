namespace Semblance.Training;

/// <summary>Which columns of a file are what. In files without a header and in JSON arrays columns are named 0, 1, 2 …</summary>
/// <param name="Texts">The columns of texts, in the order that a loss expects them.</param>
public sealed record ColumnMapping(params IReadOnlyList<string> Texts)
{
    /// <summary>The column of a number that says how alike the texts are; null for none.</summary>
    public string? Score { get; init; }

    /// <summary>The lowest and the highest score: scores are mapped to 0 to 1, and others are faults. Null to keep any number as it is.</summary>
    public (double Lowest, double Highest)? ScoreRange { get; init; }

    /// <summary>The column of the class; null for none.</summary>
    public string? Label { get; init; }

    /// <summary>The names of the classes; null where the column holds whole numbers from 0.</summary>
    public LabelNames? LabelNames { get; init; }

    /// <summary>
    /// The columns that become <see cref="Example.Targets"/>, such as a teacher's scores or its vector. Each holds a number or an array of
    /// numbers, <c>[0.5, 2]</c>; all rows must have equally many. Empty for none. <see cref="ScoreRange"/> leaves them as they are.
    /// </summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>All columns that are needed: the texts, then score, label and targets.</summary>
    internal string[] Columns => [.. Texts, .. One(Score), .. One(Label), .. Targets];

    private static string[] One(string? column) => column is null ? [] : [column];
}
