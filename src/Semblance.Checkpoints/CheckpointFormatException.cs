using Semblance.Files;

namespace Semblance.Checkpoints;

/// <summary>
/// The exception that is thrown when a file of weights or vectors is damaged or not supported, or lacks a requested tensor.
/// </summary>
public sealed class CheckpointFormatException : FormatException
{
    /// <summary>Initializes a new instance of the <see cref="CheckpointFormatException"/> class.</summary>
    /// <param name="path">The path of the file; the message starts with it.</param>
    /// <param name="problem">The problem: what was found, what was expected and what to do.</param>
    /// <param name="innerException">The exception that caused this one, or <see langword="null"/>.</param>
    public CheckpointFormatException(string path, string problem, Exception? innerException = null)
        : base(ErrorMessage.Shorten($"{path}: {problem}"), innerException) => Path = path;

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; }
}
