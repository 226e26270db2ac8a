using Semblance.Files;

namespace Semblance.Transformers;

/// <summary>A model folder does not describe a model that can be run: its configuration or its weights are at fault.</summary>
public sealed class ModelFormatException : FormatException
{
    /// <summary>A fault in the file or folder at <paramref name="path"/>.</summary>
    /// <param name="path">The file or folder; the message starts with it.</param>
    /// <param name="problem">What was found, what was expected and what to do.</param>
    /// <param name="innerException">What a lower layer reported, if it did.</param>
    public ModelFormatException(string path, string problem, Exception? innerException = null)
        : base(ErrorMessage.Shorten($"{path}: {problem}"), innerException) => Path = path;

    /// <summary>The file or folder with the fault.</summary>
    public string Path { get; }
}
