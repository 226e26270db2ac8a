namespace Semblance.Files;

/// <summary>Represents a record of a TSV or CSV file.</summary>
/// <param name="Line">The number of its first line, from 1.</param>
/// <param name="Fields">The fields, without quotes.</param>
/// <param name="Source">The lines of the file that the record comes from, without the last line ending.</param>
/// <param name="Problem">The reason why the record cannot be used; <see langword="null"/> if it can.</param>
public readonly record struct TextRecord(long Line, IReadOnlyList<string> Fields, string Source, string? Problem = null);
