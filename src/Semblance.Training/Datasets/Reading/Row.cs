namespace Semblance.Training;

/// <summary>Represents a row of a file.</summary>
/// <param name="Line">The first line of the row, from 1.</param>
/// <param name="Fields">The requested columns, in the order of the request.</param>
/// <param name="Problem">The problem of the row; <see langword="null"/> if it can be used.</param>
internal readonly record struct Row(long Line, string[] Fields, string? Problem = null)
{
    public static Row Broken(long line, string problem) => new(line, [], problem);
}
