using Semblance.Files;

namespace Semblance.Transformers;

/// <summary>The exception that is thrown when the configuration or the weights of a model folder are invalid or not supported.</summary>
public sealed class ModelFormatException : FormatException
{
    /// <summary>
    /// Initializes a new instance of the <see cref="ModelFormatException"/> class for the file or folder at <paramref name="path"/>.
    /// </summary>
    /// <param name="path">The file or folder, with which the message begins.</param>
    /// <param name="problem">The problem: what was found, what was expected and what to do.</param>
    /// <param name="innerException">The exception of a lower layer, if there is one.</param>
    public ModelFormatException(string path, string problem, Exception? innerException = null)
        : base(ErrorMessage.Shorten($"{path}: {problem}"), innerException) => Path = path;

    /// <summary>Gets the file or folder with the error.</summary>
    public string Path { get; }
}
