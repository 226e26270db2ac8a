namespace Semblance.Cli.Input;

/// <summary>The exception that is thrown when an input of a command cannot be read.</summary>
/// <param name="name">The name of the file, with which the message starts.</param>
/// <param name="problem">The problem, and what to do.</param>
/// <param name="line">The number of the faulty line, from 1.</param>
internal sealed class InputException(string name, string problem, long? line = null)
    : IOException(line is null ? $"{name}: {problem}" : $"{name}, line {line}: {problem}");
