namespace Semblance.Cli.Input;

/// <summary>A text that was given to a command cannot be read.</summary>
/// <param name="name">The file; the message starts with it.</param>
/// <param name="problem">What was found and what to do.</param>
/// <param name="line">The line with the fault, counted from 1.</param>
internal sealed class InputException(string name, string problem, long? line = null)
    : IOException(line is null ? $"{name}: {problem}" : $"{name}, line {line}: {problem}");
