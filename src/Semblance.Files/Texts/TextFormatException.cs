namespace Semblance.Files;

/// <summary>The exception that is thrown when a text file does not have the expected format.</summary>
public sealed class TextFormatException : FormatException
{
    /// <summary>Initializes a new instance of the <see cref="TextFormatException"/> class.</summary>
    /// <param name="path">The path of the file; the message starts with it.</param>
    /// <param name="line">The number of the line, from 1; <see langword="null"/> if the problem is not in one line.</param>
    /// <param name="problem">The problem: what was found, what was expected and what to do.</param>
    /// <param name="innerException">The exception that caused this one, or <see langword="null"/>.</param>
    public TextFormatException(string path, long? line, string problem, Exception? innerException = null)
        : base(line is null ? $"{path}: {problem}" : $"{path}, line {line}: {problem}", innerException) =>
            (Path, Line, Problem) = (path, line, problem);

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; }

    /// <summary>Gets the number of the line, from 1; <see langword="null"/> if the problem is not in one line.</summary>
    public long? Line { get; }

    /// <summary>Gets the problem: what was found, what was expected and what to do.</summary>
    public string Problem { get; }
}
