namespace Semblance.Training;

/// <summary>A data set cannot be read.</summary>
public sealed class DatasetException : FormatException
{
    /// <summary>A fault of the file at <paramref name="path"/>.</summary>
    /// <param name="path">The file; the message starts with it.</param>
    /// <param name="line">The line with the fault, from 1; null where it is the whole file's.</param>
    /// <param name="problem">What was found, what was expected and what to do.</param>
    /// <param name="innerException">What a lower layer reported, if it did.</param>
    public DatasetException(string path, long? line, string problem, Exception? innerException = null)
        : base(line is null ? $"{path}: {problem}" : $"{path}, line {line}: {problem}", innerException) => (Path, Line) = (path, line);

    /// <summary>The file with the fault.</summary>
    public string Path { get; }

    /// <summary>The line with the fault, from 1.</summary>
    public long? Line { get; }
}
