using Semblance.Files;

namespace Semblance.Transformers.Images;

/// <summary>A file is not an image that can be read.</summary>
public sealed class ImageFormatException : FormatException
{
    /// <summary>A fault in an image.</summary>
    /// <param name="name">The file; the message starts with it.</param>
    /// <param name="problem">What was found, what was expected and what to do.</param>
    /// <param name="innerException">What a lower layer reported, if it did.</param>
    public ImageFormatException(string name, string problem, Exception? innerException = null)
        : base(ErrorMessage.Shorten($"{name}: {problem}"), innerException)
    {
    }
}
