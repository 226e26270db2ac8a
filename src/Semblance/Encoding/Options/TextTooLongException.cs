namespace Semblance;

/// <summary>
/// The exception that is thrown when a text has more tokens than the maximum sequence length and <see cref="Truncation.Error"/> is set.
/// </summary>
public sealed class TextTooLongException : ArgumentException
{
    /// <summary>Initializes a new instance of the <see cref="TextTooLongException"/> class.</summary>
    /// <param name="index">The zero-based index of the text.</param>
    /// <param name="limit">The maximum sequence length in tokens.</param>
    public TextTooLongException(int index, int limit)
        : base($"Text {index} has more than {limit} tokens, the maximum of the model; shorten or split it, or choose Truncation.Cut to "
            + "truncate it.")
    {
        Index = index;
        Limit = limit;
    }

    /// <summary>Gets the zero-based index of the text.</summary>
    public int Index { get; }

    /// <summary>Gets the maximum sequence length in tokens.</summary>
    public int Limit { get; }
}
