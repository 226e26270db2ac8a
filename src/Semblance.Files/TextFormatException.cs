namespace Semblance.Files;

/// <summary>A text file is not what its format demands.</summary>
public sealed class TextFormatException : FormatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file; the message starts with it.</param>
    /// <param name="line">The line with the fault, from 1; null where it is the whole file's.</param>
    /// <param name="problem">What was found, what was expected and what to do.</param>
    /// <param name="innerException">What a lower layer reported, if it did.</param>
    public TextFormatException(string path, long? line, string problem, Exception? innerException = null)
        : base(line is null ? $"{path}: {problem}" : $"{path}, line {line}: {problem}", innerException) => (Path, Line, Problem) = (path, line, problem);

    /// <summary>Gets the file with the fault.</summary>
    public string Path { get; }

    /// <summary>Gets the line with the fault, from 1; null where it is the whole file's.</summary>
    public long? Line { get; }

    /// <summary>Gets what was found, what was expected and what to do.</summary>
    public string Problem { get; }
}
