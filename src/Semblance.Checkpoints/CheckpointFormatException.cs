using Semblance.Files;

namespace Semblance.Checkpoints;

/// <summary>A file of weights or vectors is not what its format demands, or lacks what was asked of it.</summary>
public sealed class CheckpointFormatException : FormatException
{
    /// <summary>A fault of the file at <paramref name="path"/>.</summary>
    /// <param name="path">The file; the message starts with it.</param>
    /// <param name="problem">What was found, what was expected and what to do.</param>
    /// <param name="innerException">What a lower layer reported, if it did.</param>
    public CheckpointFormatException(string path, string problem, Exception? innerException = null)
        : base(ErrorMessage.Shorten($"{path}: {problem}"), innerException) => Path = path;

    /// <summary>The file with the fault.</summary>
    public string Path { get; }
}
