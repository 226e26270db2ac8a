namespace Semblance;

/// <summary>The exception that is thrown when a file of an index is damaged or is not an index file.</summary>
public sealed class IndexFormatException : FormatException
{
    /// <summary>
    /// Initializes a new instance of the <see cref="IndexFormatException"/> class for the file at <paramref name="path"/>.
    /// </summary>
    /// <param name="path">The path of the file, with which the message starts.</param>
    /// <param name="problem">The problem: what was found, what was expected and what to do.</param>
    /// <param name="innerException">The underlying exception, if any.</param>
    public IndexFormatException(string path, string problem, Exception? innerException = null)
        : base($"{path}: {problem}", innerException) => Path = path;

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; }
}
