using Semblance.Files;

namespace Semblance.Transformers.Images;

/// <summary>The exception that is thrown when a file is not an image that can be read.</summary>
public sealed class ImageFormatException : FormatException
{
    /// <summary>Initializes a new instance of the <see cref="ImageFormatException"/> class.</summary>
    /// <param name="name">The name of the file, with which the message begins.</param>
    /// <param name="problem">The problem: what was found, what was expected and what to do.</param>
    /// <param name="innerException">The exception of a lower layer, if there is one.</param>
    public ImageFormatException(string name, string problem, Exception? innerException = null)
        : base(ErrorMessage.Shorten($"{name}: {problem}"), innerException)
    {
    }
}
