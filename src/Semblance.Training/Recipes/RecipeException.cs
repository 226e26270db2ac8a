using Semblance.Files;

namespace Semblance.Training.Recipes;

/// <summary>A recipe cannot be followed.</summary>
/// <param name="path">The recipe; the message starts with it.</param>
/// <param name="line">The line with the fault, counted from 1.</param>
/// <param name="problem">What was found and what to do.</param>
/// <param name="innerException">What a lower layer reported, if it did.</param>
public sealed class RecipeException(string path, long line, string problem, Exception? innerException = null) : FormatException(ErrorMessage.Shorten($"{path}, line {line}: {problem}"), innerException);
