namespace Semblance.Training;

/// <summary>A row of a file.</summary>
/// <param name="Line">The line that it begins on, from 1.</param>
/// <param name="Fields">The columns that were asked for, in that order.</param>
/// <param name="Problem">Why the row cannot be used; null if it can.</param>
internal readonly record struct Row(long Line, string[] Fields, string? Problem = null)
{
    public static Row Broken(long line, string problem) => new(line, [], problem);
}
