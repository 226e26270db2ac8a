namespace Semblance.Training;

/// <summary>
/// The exception that is thrown when a batch does not have what a loss needs. The message names what was found and what was expected.
/// </summary>
/// <param name="message">The message that describes the error.</param>
public sealed class LossInputException(string message) : Exception(message);
