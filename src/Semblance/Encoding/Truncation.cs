namespace Semblance;

/// <summary>What happens to a text that is longer than the model takes.</summary>
public enum Truncation
{
    /// <summary>Its end is left out, and the result says so.</summary>
    Cut,

    /// <summary><see cref="TextTooLongException"/> is thrown.</summary>
    Error,
}
