namespace Semblance;

/// <summary>A file of an index is damaged, or is none.</summary>
public sealed class IndexFormatException : FormatException
{
    /// <summary>A fault of the file at <paramref name="path"/>.</summary>
    /// <param name="path">The file; the message starts with it.</param>
    /// <param name="problem">What was found, what was expected and what to do.</param>
    /// <param name="innerException">What a lower layer reported, if it did.</param>
    public IndexFormatException(string path, string problem, Exception? innerException = null)
        : base($"{path}: {problem}", innerException) => Path = path;

    /// <summary>The file with the fault.</summary>
    public string Path { get; }
}
