namespace Semblance.Training;

/// <summary>The exception that is thrown when a data set cannot be read.</summary>
public sealed class DatasetException : FormatException
{
    /// <summary>Initializes a new instance of the <see cref="DatasetException"/> class with the file and the problem.</summary>
    /// <param name="path">The path of the file, with which the message starts.</param>
    /// <param name="line">The faulty line, from 1, or <see langword="null"/> for the whole file.</param>
    /// <param name="problem">The problem: what was found, what was expected and what to do.</param>
    /// <param name="innerException">The exception that caused this one, or <see langword="null"/>.</param>
    public DatasetException(string path, long? line, string problem, Exception? innerException = null)
        : base(line is null ? $"{path}: {problem}" : $"{path}, line {line}: {problem}", innerException) => (Path, Line) = (path, line);

    /// <summary>Gets the path of the faulty file.</summary>
    public string Path { get; }

    /// <summary>Gets the faulty line, from 1, or <see langword="null"/> for the whole file.</summary>
    public long? Line { get; }
}
