namespace Semblance;

/// <summary>The exception that is thrown when an index is opened with another model than the one that encoded its vectors.</summary>
/// <param name="message">The message, which names both models and says what to do.</param>
public sealed class IndexModelException(string message) : ArgumentException(message);
