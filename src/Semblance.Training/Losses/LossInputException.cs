namespace Semblance.Training;

/// <summary>A batch does not have what a loss needs; the message says what was found and what was expected.</summary>
/// <param name="message">What is wrong.</param>
public sealed class LossInputException(string message) : Exception(message);
