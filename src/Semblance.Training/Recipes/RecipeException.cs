using Semblance.Files;

namespace Semblance.Training.Recipes;

/// <summary>
/// The exception that is thrown when a recipe cannot be read or followed. The message names the file, the line and what was expected.
/// </summary>
public sealed class RecipeException : FormatException
{
    internal RecipeException(string path, long line, string problem, Exception? innerException = null)
        : base(ErrorMessage.Shorten($"{path}, line {line}: {problem}"), innerException)
    {
    }
}
